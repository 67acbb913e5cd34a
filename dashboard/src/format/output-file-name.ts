/** What a file made of another is called: `spring-output.csv` of `spring.csv`. */
export function outputFileName(fileName: string, ending = 'output.csv'): string {
  return `${fileName.replace(/\.[^.]*$/, '')}-${ending}`;
}
