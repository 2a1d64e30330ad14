// Counts what a page has open that would cost something if it stayed: timers, sockets, peer connections, listeners of the globals,
// memories of WebAssembly, and objects of the package. To be loaded before everything else.

const census = { timers: new Set(), sockets: new Set(), connections: new Set(), listeners: 0 };

/** Timers that are waited for. Intervals count until they are cleared. */
function countTimers() {
  const { setTimeout, clearTimeout, setInterval, clearInterval } = window;
  window.setTimeout = (callback, ms, ...rest) => {
    const timer = setTimeout(() => {
      census.timers.delete(timer);
      callback(...rest);
    }, ms);
    census.timers.add(timer);
    return timer;
  };
  window.setInterval = (...given) => {
    const timer = setInterval(...given);
    census.timers.add(timer);
    return timer;
  };
  const forgetting = (clear) => (timer) => {
    census.timers.delete(timer);
    clear(timer);
  };
  window.clearTimeout = forgetting(clearTimeout);
  window.clearInterval = forgetting(clearInterval);
}

/** Objects of a class that have not been closed. */
function countOpen(name, open, isClosed) {
  const Original = window[name];
  window[name] = class extends Original {
    constructor(...given) {
      super(...given);
      open.add(this);
    }
  };
  return () => {
    for (const each of open) if (isClosed(each)) open.delete(each);
    return open.size;
  };
}

/** Listeners of the window, the document and the connection that were not removed. */
function countListeners() {
  for (const target of [window, document, navigator.connection].filter(Boolean)) {
    const { addEventListener } = target;
    target.addEventListener = (type, listener, options) => {
      addEventListener.call(target, type, listener, options);
      if (options?.signal?.aborted) return;
      census.listeners++;
      options?.signal?.addEventListener('abort', () => census.listeners--);
    };
  }
}

countTimers();
countListeners();
const sockets = countOpen('WebSocket', census.sockets, ({ readyState }) => readyState === 3);
const connections = countOpen(
  'RTCPeerConnection',
  census.connections,
  ({ connectionState }) => connectionState === 'closed',
);

window.census = () => ({
  timers: census.timers.size,
  sockets: sockets(),
  connections: connections(),
  listeners: census.listeners,
});
