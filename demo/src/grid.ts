// Everybody's tiles and the stage, placed anew whenever people or the window change.
import { h } from './dom';
import { layOut } from './layout';
import type { Share } from './people';
import { Stage } from './stage';
import { Tile, type TileContent } from './tile';

export class Grid {
  readonly element: HTMLElement;
  private readonly list = h('div.tiles', {
    role: 'list',
    'aria-label': 'People',
    'data-testid': 'tiles',
  });
  private readonly stage = new Stage();
  private readonly tiles = new Map<string, Tile>();
  private readonly observer = new ResizeObserver(() => this.place());

  constructor() {
    this.element = h('div.grid', { 'data-testid': 'grid' }, this.stage.element, this.list);
    this.observer.observe(this.element);
  }

  /** `contents` begins with oneself. */
  update(contents: TileContent[], shares: Share[]): void {
    const gone = new Set(this.tiles.keys());
    for (const content of contents) {
      gone.delete(content.id);
      let tile = this.tiles.get(content.id);
      if (!tile) {
        tile = new Tile(content);
        this.tiles.set(content.id, tile);
        this.list.append(tile.element);
      }
      tile.update(content);
    }
    for (const id of gone) {
      this.tiles.get(id)?.dispose();
      this.tiles.delete(id);
    }
    this.stage.update(shares);
    this.place();
  }

  dispose(): void {
    this.observer.disconnect();
    for (const tile of this.tiles.values()) tile.dispose();
    this.stage.dispose();
  }

  private place(): void {
    const { clientWidth, clientHeight } = this.element;
    const layout = layOut(clientWidth, clientHeight, this.tiles.size, this.stage.active);
    if (layout.stage) this.stage.place(layout.stage);
    let i = 0;
    for (const tile of this.tiles.values()) {
      const box = layout.tiles[i];
      if (box) tile.place(box, layout.floatingSelf && i === 0);
      i++;
    }
  }
}
