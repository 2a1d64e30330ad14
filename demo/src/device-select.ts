// A labelled choice of cameras or microphones.
import { attribute, h, setChildren, setText } from './dom';
import type { Kind, LocalMedia } from './media';
import { deviceState } from './strings';

const words = { audio: 'Microphone', video: 'Camera' } as const;

export function deviceSelect(
  media: LocalMedia,
  kind: Kind,
  testid: string,
): { element: HTMLElement; update: () => void } {
  const select = h('select', { 'data-testid': testid });
  const element = h('label.field', {}, h('span.label', {}, words[kind]), select);
  select.addEventListener('change', () => media.choose(kind, select.value));
  return { element, update: () => update(media, kind, select) };
}

function update(media: LocalMedia, kind: Kind, select: HTMLSelectElement): void {
  const list = media.list(kind);
  const entries = list.map((info, i) => ({
    value: info.deviceId,
    text: info.label || `${words[kind]} ${i + 1}`,
  }));
  if (entries.length === 0) entries.push({ value: '', text: placeholder(media, kind) });
  const options = entries.map(({ value, text }, i) => {
    const option = select.options[i] ?? h('option');
    if (option.value !== value || !option.hasAttribute('value')) option.value = value;
    setText(option, text);
    return option;
  });
  setChildren(select, options);
  attribute(select, 'disabled', list.length === 0);
  const current = media.current(kind);
  const value = list.some((info) => info.deviceId === current)
    ? current
    : (entries[0]?.value ?? '');
  if (select.value !== value) select.value = value;
}

function placeholder(media: LocalMedia, kind: Kind): string {
  const { problem, opening } = media[kind];
  if (problem) return deviceState(kind, problem);
  if (opening) return 'Waiting for permission…';
  return 'Turn it on to choose';
}
