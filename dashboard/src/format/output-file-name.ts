/** What the output of a file is called: `spring-output.csv` of `spring.csv`. */
export function outputFileName(fileName: string): string {
  return `${fileName.replace(/\.[^.]*$/, '')}-output.csv`;
}
