/** Whether the browser still reads a file that was chosen: once it is changed, moved or deleted, it does not. */
export async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
