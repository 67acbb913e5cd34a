/** Closes a run with the line that the README and CI promise. */
export default class TallyReporter {
  onRunComplete(_, { numPassedTests, numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites }) {
    // A file that could not be run has failed too, though none of its tests was counted.
    const failed = numFailedTests + (numFailedTests === 0 ? numFailedTestSuites : numRuntimeErrorTestSuites);
    process.stdout.write(`\n${numPassedTests} passed, ${failed} failed\n`);
  }
}
