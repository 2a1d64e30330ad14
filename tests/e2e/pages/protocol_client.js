// A client without the package: speaks the protocol frame by frame, so that it can say what the package never would.
// docs/PROTOCOL.md describes the frames.

export class ProtocolClient {
  /** The headers of all frames, with the part after the first newline as `body`. */
  frames = [];
  closed = null;

  constructor(url) {
    this.socket = new WebSocket(url, 'partyline.v1');
    this.socket.onmessage = ({ data }) => {
      const [header] = data.split('\n', 1);
      this.frames.push({ ...JSON.parse(header), body: data.slice(header.length + 1) });
    };
    this.socket.onclose = ({ code, reason }) => (this.closed = { code, reason });
    this.opened = new Promise((resolve) => (this.socket.onopen = resolve));
  }

  send(header, body) {
    this.sendText(JSON.stringify(header) + (body === undefined ? '' : `\n${body}`));
  }

  sendText(text) {
    this.socket.send(text);
  }

  async hello(channel, name, publications) {
    await this.opened;
    const join = [{ channel, request: 1, metadata: { name }, publications }];
    this.send({ type: 'hello', version: 1, key: 'pk_demo', join });
  }

  /** A signal with a header of our own and whatever SDP. */
  signal(channel, member, header, sdp) {
    const body = JSON.stringify(header) + (sdp === undefined ? '' : `\n${sdp}`);
    this.send({ type: 'signal', channel, to: member.peer, incarnation: member.incarnation }, body);
  }

  /** The others in the channel, as far as we were told. */
  members() {
    const joined = this.frames.find(({ type }) => type === 'welcome')?.joined?.[0]?.members ?? [];
    return [...joined, ...this.frames.filter(({ type }) => type === 'peer-joined')];
  }
}
