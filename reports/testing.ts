import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

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

const carried = /(?<=id="carried">)[^<]*/;

/** What a page of the HTML report carries for its script, as JSON text. */
export const carriedBy = (page: string): string => inflateRawSync(Buffer.from(carried.exec(page)?.[0] ?? '', 'base64')).toString();

/** The page with that unpacked in its place, since how small it gets hangs on the version of what packs it. */
export const unpacked = (page: string): string => page.replace(carried, () => carriedBy(page).replaceAll('<', '\\u003c'));
