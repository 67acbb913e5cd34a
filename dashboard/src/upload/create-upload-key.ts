/** An idempotency key that nobody else makes. Not `randomUUID`, which only pages over https have. */
export function createUploadKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
