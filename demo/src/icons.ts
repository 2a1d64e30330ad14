// The drawings: 24 units square, drawn with a round line of the text's colour.
import { svg } from './dom';

const paths = {
  mic: [
    'M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3z',
    'M5.5 11.5a6.5 6.5 0 0 0 13 0',
    'M12 18v3',
  ],
  micOff: [
    'M15 10V6.5a3 3 0 0 0-5.8-1.1',
    'M9 9.5v2a3 3 0 0 0 4.6 2.5',
    'M5.5 11.5a6.5 6.5 0 0 0 10.4 5.2',
    'M18.3 13a6.5 6.5 0 0 0 .2-1.5',
    'M12 18v3',
    'M4 3.5l16 17',
  ],
  camera: [
    'M5.5 6.5h7a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 2.5-2.5z',
    'M15 10.8l4.4-2.9a.7.7 0 0 1 1.1.6v7a.7.7 0 0 1-1.1.6L15 13.2',
  ],
  cameraOff: [
    'M10 6.5h2.5A2.5 2.5 0 0 1 15 9v2',
    'M15 14.9a2.5 2.5 0 0 1-2.5 2.6h-7A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 2-2.4',
    'M15 10.8l4.4-2.9a.7.7 0 0 1 1.1.6v7a.7.7 0 0 1-.4.6',
    'M4 3.5l16 17',
  ],
  screen: [
    'M4.5 4.5h15A1.5 1.5 0 0 1 21 6v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15V6a1.5 1.5 0 0 1 1.5-1.5z',
    'M12 13.2V8',
    'M9.4 10.2L12 7.6l2.6 2.6',
    'M8.5 20h7',
  ],
  screenOff: [
    'M4.5 4.5h15A1.5 1.5 0 0 1 21 6v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15V6a1.5 1.5 0 0 1 1.5-1.5z',
    'M9.8 8.3l4.4 4.4',
    'M14.2 8.3l-4.4 4.4',
    'M8.5 20h7',
  ],
  settings: [
    'M4 7.5h9',
    'M19 7.5h1',
    'M16 5.2a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z',
    'M4 16.5h1',
    'M11 16.5h9',
    'M8 14.2a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z',
  ],
  leave: [
    'M3.6 14.9c-.9-.9-1-2.3-.2-3.2C5.5 9.1 8.6 7.7 12 7.7s6.5 1.4 8.6 4c.8.9.7 2.3-.2 3.2l-.5.5a1.4 1.4 0 0 1-1.7.2l-2.3-1.4a1.4 1.4 0 0 1-.7-1.2v-1.2a10.6 10.6 0 0 0-6.4 0V13c0 .5-.3 1-.7 1.2l-2.3 1.4a1.4 1.4 0 0 1-1.7-.2z',
  ],
  link: [
    'M10 14a4 4 0 0 0 5.9.3l3-3a4 4 0 0 0-5.7-5.7l-1 1',
    'M14 10a4 4 0 0 0-5.9-.3l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  ],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  dice: [
    'M6.5 4h11A2.5 2.5 0 0 1 20 6.5v11a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 4 17.5v-11A2.5 2.5 0 0 1 6.5 4z',
    'M8.7 8.7h.01',
    'M15.3 8.7h.01',
    'M12 12h.01',
    'M8.7 15.3h.01',
    'M15.3 15.3h.01',
  ],
  people: [
    'M9 11.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
    'M3 19a6 6 0 0 1 12 0',
    'M15.5 5.4a3.2 3.2 0 0 1 0 5.8',
    'M17 13.5a6 6 0 0 1 4 5.5',
  ],
  person: ['M12 12a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4z', 'M4 20.5a8 8 0 0 1 16 0'],
  warning: ['M12 4.2l8.6 14.9a.6.6 0 0 1-.5.9H3.9a.6.6 0 0 1-.5-.9z', 'M12 10v4', 'M12 17h.01'],
  sound: [
    'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z',
    'M15.5 9a4.2 4.2 0 0 1 0 6',
    'M18 6.5a7.8 7.8 0 0 1 0 11',
  ],
  close: ['M6 6l12 12', 'M18 6L6 18'],
  expand: ['M14 4h6v6', 'M20 4l-7 7', 'M10 20H4v-6', 'M4 20l7-7'],
} as const;

export type IconName = keyof typeof paths;

export function icon(name: IconName): SVGSVGElement {
  const solid = name === 'leave';
  return svg(
    '0 0 24 24',
    paths[name].map((d): [string, Record<string, string>] => [
      'path',
      solid ? { d, class: 'solid' } : { d },
    ]),
    `icon icon-${name}`,
  );
}

/** The mark: one wire, three who hang on it. */
export function mark(): SVGSVGElement {
  const dot = (cx: number, cy: number): [string, Record<string, string | number>] => [
    'circle',
    { cx, cy, r: 3.2, class: 'mark-dot' },
  ];
  return svg(
    '0 0 32 32',
    [
      ['rect', { width: 32, height: 32, rx: 9, class: 'mark-ground' }],
      ['path', { d: 'M7 11.5Q16 28.5 25 11.5', class: 'mark-wire' }],
      dot(7, 11.5),
      dot(16, 20),
      dot(25, 11.5),
    ],
    'mark',
  );
}

/** The wire that hangs across the page behind everything. */
export function wires(): SVGSVGElement {
  const dot = (cx: number, cy: number): [string, Record<string, string | number>] => [
    'circle',
    { cx, cy, r: 5, class: 'wire-dot' },
  ];
  return svg(
    '0 0 1440 240',
    [
      [
        'path',
        {
          d: 'M-20 60C140 200 300 200 420 64C600 236 820 236 980 60C1120 190 1320 190 1460 40',
          class: 'wire',
        },
      ],
      dot(420, 64),
      dot(980, 60),
    ],
    'wires',
  );
}
