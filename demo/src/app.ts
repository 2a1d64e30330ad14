// The page as a whole: lobby, call, and what comes after it. The one place that says which screen is shown.
import { note } from './announcer';
import { Call, type Failure } from './call';
import {
  channelFromUrl,
  channelNameProblem,
  generateChannelName,
  isOwnAddress,
  putChannelIntoUrl,
  tidyChannelName,
} from './channel-name';
import { readConfig, type Config } from './config';
import { resumeLevels } from './levels';
import { LocalMedia } from './media';
import { interruptedCall, rememberCall, remembered } from './remembered';
import { say, type Place } from './strings';
import type { View } from './view';
import { callView } from './view-call';
import { leftView } from './view-left';
import { lobbyView } from './view-lobby';

type Screen = 'lobby' | 'call' | 'left';

export class App {
  readonly config: Config = readConfig();
  readonly media = new LocalMedia();
  channelName = '';
  /** Came by a link that names the channel. */
  invited = false;
  /** Was in this channel's call when the page was reloaded or closed. */
  interrupted = false;
  call: Call | null = null;
  /** Why the last attempt to join failed. */
  problem: Failure | null = null;

  private screen: Screen = 'lobby';
  private view: View | null = null;
  private wakeLock: WakeLockSentinel | null = null;

  constructor(private readonly root: HTMLElement) {
    this.media.onChange(() => this.refresh());
    this.media.onUnplugged = (kind) => note(say.unplugged(kind));
    addEventListener('hashchange', () => this.addressChanged());
    for (const event of ['online', 'offline']) addEventListener(event, () => this.refresh());
    document.addEventListener('visibilitychange', () => void this.keepAwake());
    this.problem = this.unusable();
    this.enterLobby();
  }

  get endpointHost(): string {
    try {
      return new URL(this.config.endpoint).host;
    } catch {
      return this.config.endpoint;
    }
  }

  get place(): Place {
    const host = this.config.problem ? this.config.endpoint : this.endpointHost;
    return { channel: this.channelName, host: host.slice(0, 120), origin: location.origin };
  }

  setChannelName(name: string): void {
    this.channelName = name;
    if (!channelNameProblem(name)) putChannelIntoUrl(name);
  }

  forgetProblem(): void {
    this.problem = this.unusable();
  }

  join(): void {
    if (this.call && this.call.phase !== 'ended') return;
    const unusable = this.unusable();
    if (unusable) {
      this.problem = unusable;
      this.refresh();
      return;
    }
    resumeLevels();
    this.problem = null;
    putChannelIntoUrl(this.channelName);
    void this.media.open();
    const call = new Call(this.config, this.channelName, remembered.name, this.media);
    this.call = call;
    call.onChange(() => this.callChanged(call));
    void call.join();
    this.refresh();
  }

  cancelJoin(): void {
    this.call?.leave();
    this.call = null;
    this.refresh();
    this.view?.focus();
  }

  leave(): void {
    this.call?.leave();
  }

  newChannel(): void {
    this.channelName = generateChannelName();
    putChannelIntoUrl(this.channelName);
    this.enterLobby();
  }

  refresh(): void {
    this.view?.update();
    const others = this.screen === 'call' ? ` (${(this.call?.people.length ?? 0) + 1})` : '';
    document.title = this.channelName
      ? `#${tidyChannelName(this.channelName)}${others} · Partyline`
      : 'Partyline';
  }

  private unusable(): Failure | null {
    if (this.config.problem) return { code: this.config.problem, message: '' };
    if (typeof RTCPeerConnection === 'undefined') return { code: 'no-webrtc', message: '' };
    return null;
  }

  private enterLobby(): void {
    const named = channelFromUrl();
    this.invited = named !== '' && !isOwnAddress();
    this.interrupted = named !== '' && interruptedCall() === named;
    this.channelName = named || generateChannelName();
    if (!channelNameProblem(this.channelName)) putChannelIntoUrl(this.channelName);
    const call = this.call;
    this.call = null;
    // It may still be on its way in: nobody must be in a call that is not shown.
    call?.leave();
    this.show('lobby');
    void this.media.open();
  }

  private callChanged(call: Call): void {
    if (call !== this.call) return;
    if (call.phase === 'joined' && this.screen !== 'call') {
      rememberCall(call.channelName);
      this.interrupted = false;
      this.show('call');
      void this.keepAwake();
    } else if (call.phase === 'ended') this.callEnded(call);
    else this.refresh();
  }

  private callEnded(call: Call): void {
    rememberCall(null);
    void this.keepAwake();
    if (this.screen === 'call') {
      this.media.stop();
      this.show('left');
    } else {
      // It never came about: back to the form, with the reason.
      this.problem = call.failure;
      this.call = null;
      if (this.screen !== 'lobby') this.show('lobby');
      this.refresh();
      this.view?.focus();
    }
  }

  private addressChanged(): void {
    const named = channelFromUrl();
    if (named === '' || named === this.channelName) return;
    this.call?.leave();
    this.call = null;
    rememberCall(null);
    this.forgetProblem();
    this.enterLobby();
  }

  private show(screen: Screen): void {
    this.view?.dispose();
    this.screen = screen;
    this.view =
      screen === 'lobby'
        ? lobbyView(this)
        : screen === 'call' && this.call
          ? callView(this, this.call)
          : leftView(this);
    this.root.replaceChildren(this.view.element);
    this.refresh();
    this.view.focus();
  }

  /** A phone that lies on the table during a call stays awake. */
  private async keepAwake(): Promise<void> {
    const wanted = this.screen === 'call' && this.call?.phase === 'joined' && !document.hidden;
    try {
      if (wanted) this.wakeLock ??= (await navigator.wakeLock?.request('screen')) ?? null;
      else {
        await this.wakeLock?.release();
        this.wakeLock = null;
      }
    } catch {
      // Low battery, or not allowed: then it sleeps.
    }
  }
}
