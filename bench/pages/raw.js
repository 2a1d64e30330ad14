// A call by hand: RTCPeerConnection, a WebSocket, and the perfect negotiation of the W3C's example. Who was in the room first makes
// the offer. This is what the package is measured against, so it does nothing that it need not.

class RawPeer {
  #makingOffer = false;
  #ignoreOffer = false;

  constructor(call, id, { polite }) {
    this.call = call;
    this.id = id;
    this.polite = polite;
    this.stream = null;
    const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle', ...call.ice });
    this.connection = connection;
    connection.onicecandidate = ({ candidate }) => candidate && this.#send({ candidate });
    connection.ontrack = ({ streams: [stream] }) => {
      if (this.stream === stream) return;
      this.stream = stream;
      call.onstream?.(this, stream);
    };
    connection.onconnectionstatechange = () =>
      call.onconnectionstate?.(this, connection.connectionState);
  }

  /** Adds what we send; the negotiation that it needs begins by itself. */
  offer(stream) {
    this.connection.onnegotiationneeded = async () => {
      this.#makingOffer = true;
      await this.connection.setLocalDescription();
      this.#makingOffer = false;
      this.#send({ description: this.connection.localDescription });
    };
    this.#add(stream);
    if (!stream) this.connection.createDataChannel('raw', { negotiated: true, id: 0 });
  }

  #add(stream) {
    for (const track of stream?.getTracks() ?? []) this.connection.addTrack(track, stream);
  }

  async receive({ description, candidate }) {
    const { connection } = this;
    if (candidate) {
      await connection.addIceCandidate(candidate).catch((error) => {
        if (!this.#ignoreOffer) throw error;
      });
      return;
    }
    const collision =
      description.type === 'offer' && (this.#makingOffer || connection.signalingState !== 'stable');
    this.#ignoreOffer = !this.polite && collision;
    if (this.#ignoreOffer) return;
    if (description.type === 'answer' && connection.signalingState === 'stable') return;
    await connection.setRemoteDescription(description);
    if (description.type === 'offer') {
      if (!connection.getSenders().some(({ track }) => track)) this.#add(this.call.local);
      await connection.setLocalDescription();
      this.#send({ description: connection.localDescription });
    }
  }

  /** Looks for a path again. An offer that nobody answered is sent once more. */
  restart() {
    const { connection } = this;
    if (connection.signalingState === 'stable') connection.restartIce();
    else this.#send({ description: connection.localDescription });
  }

  #send(message) {
    this.call.send({ type: 'signal', to: this.id, ...message });
  }
}

export class RawCall {
  peers = new Map();
  /** What connections are made with; the server may have more to say of it. */
  ice = {};

  /** Joins; resolves when the server has said who is there. */
  join(url, room, local) {
    this.local = local;
    this.socket = new WebSocket(url);
    this.socket.onopen = () => this.send({ type: 'join', room, id: this.id });
    return new Promise((resolve, reject) => {
      this.socket.onerror = () => reject(new Error('no signalling'));
      this.socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === 'welcome') {
          this.id = message.id;
          if (message.iceServers) this.ice.iceServers = message.iceServers;
          for (const id of message.peers) if (!this.peers.has(id)) this.#peer(id, { polite: true });
          resolve(message.id);
        } else if (message.type === 'joined') {
          if (!this.peers.has(message.id)) this.#peer(message.id, { polite: false }).offer(local);
        } else if (message.type === 'left') {
          this.left(message.id);
        } else if (message.type === 'signal') {
          void this.peers.get(message.from)?.receive(message);
        }
      };
    });
  }

  #peer(id, role) {
    const peer = new RawPeer(this, id, role);
    this.peers.set(id, peer);
    this.onpeer?.(peer);
    return peer;
  }

  left(id) {
    this.peers.get(id)?.connection.close();
    this.peers.delete(id);
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  leave() {
    this.socket.close();
    for (const { connection } of this.peers.values()) connection.close();
    this.peers.clear();
  }
}
