/** One of the page's screens. */
export interface View {
  readonly element: HTMLElement;
  /** Shows the present state; called after every change. */
  update(): void;
  /** Called once, when another screen takes over. */
  dispose(): void;
  /** Puts the keyboard where the user goes on. */
  focus(): void;
}
