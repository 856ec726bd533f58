import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** For tests: the path of a Chromium, where one is on the path of programs. */
export function browserOnPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].flatMap(name => folders.map(folder => join(folder, name)));
  return paths.find(path => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
