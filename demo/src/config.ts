// Where the endpoint is and which key to use: the URL says it, else the page, else the page's own origin.

export interface Config {
  endpoint: string;
  key: string;
  /** The endpoint's host, where it is not the one that this page came from. */
  foreignHost: string | null;
  /** Why no call can be made with these, or null. */
  problem: 'bad-endpoint' | 'insecure-endpoint' | null;
}

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content.trim() ?? '';
}

function sameOrigin(): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}`;
}

function isLoopback(host: string): boolean {
  return /(^|\.)localhost$/.test(host) || /^127(\.\d{1,3}){3}$/.test(host) || host === '[::1]';
}

export function readConfig(): Config {
  const query = new URLSearchParams(location.search);
  const text = query.get('endpoint')?.trim() || meta('partyline-endpoint') || sameOrigin();
  const key = query.get('key')?.trim() || meta('partyline-key') || 'pk_demo';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { endpoint: text, key, foreignHost: null, problem: 'bad-endpoint' };
  }
  const foreignHost = url.host === location.host ? null : url.host;
  let problem: Config['problem'] = null;
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') problem = 'bad-endpoint';
  else if (url.protocol === 'ws:' && !isLoopback(url.hostname)) problem = 'insecure-endpoint';
  return { endpoint: text, key, foreignHost, problem };
}
