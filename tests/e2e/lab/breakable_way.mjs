// The way of some participants to the endpoint, to be broken by the test.
import { at } from './places.mjs';
import { Server } from './processes.mjs';

export class BreakableWay {
  /** To be entered by: `enter(name, { endpoint: way })`. */
  static async to(network, endpoint) {
    const server = await Server.start(network, process.execPath, [
      at('tests', 'e2e', 'lab', 'socket_proxy.mjs'),
      String(endpoint.port),
    ]);
    return new BreakableWay(server);
  }

  constructor(server) {
    this.server = server;
    this.socketUrl = server.socketUrl;
  }

  /** Resets every connection. */
  cut = () => this.server.order('cut');
  /** Swallows all from now on, new connections too. */
  hole = () => this.server.order('hole');
  /** Resets new connections. */
  refuse = () => this.server.order('refuse');
  /** New connections pass. */
  pass = () => this.server.order('pass');

  close() {
    return this.server.stop();
  }
}
