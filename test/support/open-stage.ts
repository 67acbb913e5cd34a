import { openBrowser, type TestBrowser } from './open-browser.js';
import { type Origin, startOrigin } from './start-origin.js';
import { type Service, startService } from './start-service.js';

/** What a test of a page plays on. */
export interface Stage {
  origin: Origin;
  /** Set anew by who restarts it. */
  service: Service;
  browser: TestBrowser;
}

/** A shop's server, the service and a browser, there while the tests of a file run. @param env of the service */
export function openStage(env: Record<string, string> = {}): Stage {
  const stage: Partial<Stage> = {};
  beforeAll(async () => {
    stage.origin = await startOrigin();
    stage.service = await startService(env);
    stage.browser = await openBrowser();
  });
  afterAll(async () => {
    await stage.browser?.close();
    await stage.service?.stop();
    await stage.origin?.close();
  });
  // Whole when the first test begins.
  return stage as Stage;
}
