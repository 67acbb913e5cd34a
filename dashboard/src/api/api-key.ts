const ITEM = 'pixelpress-api-key';

/** The key that was typed in; kept for this tab only, and till it is loaded anew where the browser keeps nothing. */
export const apiKeyStorage = {
  read: (): string | null => unlessRefused(() => sessionStorage.getItem(ITEM)),
  write(key: string | null): void {
    unlessRefused(() => (key ? sessionStorage.setItem(ITEM, key) : sessionStorage.removeItem(ITEM)));
  },
};

/** Where cookies are blocked, the storage itself throws a SecurityError. */
function unlessRefused<T>(use: () => T): T | null {
  try {
    return use();
  } catch {
    return null;
  }
}
