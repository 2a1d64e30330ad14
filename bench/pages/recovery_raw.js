// What somebody writes by hand who has seen networks fail: the socket is opened again when it ends, when the browser is online again
// and when the path is gone, and then the one who made the first offer restarts ICE, again after a second: an interface that has just
// come is not yet looked at in its first.
import { RawCall } from './raw.js';

const retryMs = 300;
const restartMs = 1000;
const restartsAfterOnline = 2;

class LastingCall extends RawCall {
  constructor(where, tell) {
    super();
    this.where = where;
    this.tell = tell;
    this.onstream = (_, stream) => tell.stream(stream);
    this.onpeer = (peer) => this.#addPipe(peer);
    const startAgain = (atLeast) => this.#startAgain(atLeast).catch(() => {});
    this.onconnectionstate = (_, state) => state === 'disconnected' && startAgain(1);
    window.addEventListener('online', () => startAgain(restartsAfterOnline));
  }

  async open() {
    const { url, room, stream } = this.where;
    const opened = this.join(url, room, stream);
    const { socket } = this;
    const again = () => {
      if (this.socket === socket) setTimeout(() => this.open().catch(() => {}), retryMs);
    };
    socket.addEventListener('close', again);
    await opened;
    this.tell.usable();
  }

  /** Who has no socket may still be there. */
  left() {
    this.tell.note('left');
  }

  #addPipe(peer) {
    const channel = peer.connection.createDataChannel('notes', { negotiated: true, id: 1 });
    channel.onmessage = ({ data }) => {
      if (data.startsWith('#')) this.tell.message(Number(data.slice(1)));
      else this.tell.heard(data);
    };
    this.pipe = { isOpen: () => channel.readyState === 'open', send: (text) => channel.send(text) };
    this.tell.pipe(this.pipe);
  }

  /** Over another socket, restarts at least so often. */
  async #startAgain(atLeast) {
    clearInterval(this.timer);
    let restarts = 0;
    const restart = () => {
      const lasting = [...this.peers.values()].filter(
        ({ polite, connection }) =>
          !polite && (restarts < atLeast || connection.connectionState !== 'connected'),
      );
      for (const peer of lasting) peer.restart();
      if (lasting.length === 0) clearInterval(this.timer);
      restarts++;
    };
    const { socket } = this;
    const opened = this.open();
    socket.close();
    this.timer = setInterval(restart, restartMs);
    await opened;
    restart();
  }
}

export async function join(where, tell) {
  const call = new LastingCall(where, tell);
  await call.open();
  return { send: (number) => call.pipe.send(`#${number}`) };
}
