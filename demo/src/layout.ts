// Where the tiles go: arithmetic only.

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Layout {
  stage: Box | null;
  tiles: Box[];
  /** The own tile lies over the others, in a corner. */
  floatingSelf: boolean;
}

const gap = 10;
const aspectMax = 16 / 9;

/** How narrow a picture may get. Cameras are wide, except on phones, where a little is cut off at the sides. */
function aspectMinOf(area: Box, count: number): number {
  if (area.width >= area.height) return 1.2;
  if (area.width > 600) return 1;
  return count === 1 ? 0.5 : 0.56;
}

/** The size of one of `rows` × `columns` cells, with the picture kept between portrait and wide. */
function cell(
  area: Box,
  columns: number,
  rows: number,
  aspectMin: number,
): { width: number; height: number } {
  let width = Math.max(0, (area.width - gap * (columns - 1)) / columns);
  let height = Math.max(0, (area.height - gap * (rows - 1)) / rows);
  if (width > height * aspectMax) width = height * aspectMax;
  if (width < height * aspectMin) height = width / aspectMin;
  return { width, height };
}

/** Fills the area with `count` equal tiles, as large as they get, each row in the middle. */
export function bestFit(area: Box, count: number, aspectMin = aspectMinOf(area, count)): Box[] {
  if (count === 0) return [];
  let best = { columns: 1, size: { width: 0, height: 0 }, area: -1 };
  for (let columns = 1; columns <= count; columns++) {
    const size = cell(area, columns, Math.ceil(count / columns), aspectMin);
    if (size.width * size.height > best.area + 0.5)
      best = { columns, size, area: size.width * size.height };
  }
  const { columns, size } = best;
  const rows = Math.ceil(count / columns);
  const top = area.top + (area.height - rows * size.height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = area.left + (area.width - inRow * size.width - (inRow - 1) * gap) / 2;
    return {
      left: left + (i % columns) * (size.width + gap),
      top: top + row * (size.height + gap),
      ...size,
    };
  });
}

function withStage(width: number, height: number, count: number): Layout {
  if (count === 0)
    return { stage: { left: 0, top: 0, width, height }, tiles: [], floatingSelf: false };
  const beside = width > height * 1.15;
  if (beside) {
    const strip = Math.min(280, Math.max(150, width * 0.2));
    const stage = { left: 0, top: 0, width: width - strip - gap, height };
    const area = { left: width - strip, top: 0, width: strip, height };
    return { stage, tiles: bestFit(area, count, 1.2), floatingSelf: false };
  }
  const strip = Math.min(height * 0.42, Math.max(120, height * (count > 3 ? 0.38 : 0.26)));
  const stage = { left: 0, top: 0, width, height: height - strip - gap };
  const area = { left: 0, top: height - strip, width, height: strip };
  return { stage, tiles: bestFit(area, count, 1.2), floatingSelf: false };
}

/** Two people in a wide window: the other fills it, and oneself is a small picture in the corner. */
function twoPeople(width: number, height: number): Layout {
  const [other] = bestFit({ left: 0, top: 0, width, height }, 1) as [Box];
  const small = Math.min(260, Math.max(140, width * 0.2));
  const self = {
    left: other.left + other.width - small - 14,
    top: other.top + other.height - (small * 9) / 16 - 14,
    width: small,
    height: (small * 9) / 16,
  };
  return { stage: null, tiles: [self, other], floatingSelf: true };
}

/** The tiles' places in an area of this size; the first tile is the user's own. */
export function layOut(width: number, height: number, count: number, staged: boolean): Layout {
  if (staged) return withStage(width, height, count);
  if (count === 2 && width > height * 1.15 && width > 560) return twoPeople(width, height);
  return {
    stage: null,
    tiles: bestFit({ left: 0, top: 0, width, height }, count),
    floatingSelf: false,
  };
}
