/** Where a screen reader and the tab key go on once what had the focus in the list is gone. */
export function focusListTitle(): void {
  document.getElementById('requests-title')?.focus();
}
