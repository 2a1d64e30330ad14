// For pages without modules: <script src="…/partyline.global.js"></script> defines `Partyline` and `PartylineError`.
import { Partyline, PartylineError } from './index.js';

Object.assign(globalThis, { Partyline, PartylineError });
