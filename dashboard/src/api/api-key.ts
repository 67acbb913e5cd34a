const ITEM = 'pixelpress-api-key';

/** The key that was typed in; kept for this tab only. */
export const apiKeyStorage = {
  read: (): string | null => sessionStorage.getItem(ITEM),
  write(key: string | null): void {
    if (key) sessionStorage.setItem(ITEM, key);
    else sessionStorage.removeItem(ITEM);
  },
};
