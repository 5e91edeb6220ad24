// node screenshots.mjs REPORTS OUT: every report of a folder as pictures, telephone and desktop, light and dark, and
// as a printed document. OUT lies outside the repository; the pictures are for looking at, not for keeping.
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, open, sizes, themes } from './browser.mjs';

const [reports, out] = process.argv.slice(2);
if (!reports || !out) {
  console.error('usage: node screenshots.mjs REPORTS OUT');
  process.exit(2);
}
await mkdir(out, { recursive: true });
const browser = await launch();
for (const file of (await readdir(reports)).filter((name) => name.endsWith('.html')).sort()) {
  const url = pathToFileURL(resolve(reports, file)).href;
  const name = basename(file, '.html');
  for (const size of Object.keys(sizes)) {
    for (const theme of themes) {
      const { page, context } = await open(browser, url, { size, theme });
      await page.screenshot({ path: join(out, `${name}-${size}-${theme}.png`), fullPage: true });
      const figures = await page.locator('figure').all();
      for (const figure of figures.slice(0, 12)) {
        if (!(await figure.isVisible())) continue;
        const id = await figure.getAttribute('id');
        await figure.screenshot({ path: join(out, `${name}-${size}-${theme}-${id}.png`) });
      }
      await context.close();
    }
  }
  const { page, context } = await open(browser, url, { size: 'desktop' });
  await page.pdf({ path: join(out, `${name}.pdf`), format: 'A4', preferCSSPageSize: true });
  await context.close();
}
await browser.close();
