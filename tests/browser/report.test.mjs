// Opens every report of the folder GROUNDWORK_REPORTS from disk, as a telephone and a desk see it, in both themes.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { launch, open, sizes, themes } from './browser.mjs';

const folder = process.env.GROUNDWORK_REPORTS;
assert.ok(folder, 'GROUNDWORK_REPORTS names the folder of reports; run.sh sets it');
const files = readdirSync(folder).filter((name) => name.endsWith('.html')).sort();
assert.ok(files.length > 0, `no report in ${folder}`);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const hostile = (file) => file.startsWith('hostile');

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

async function with_page(file, options, check) {
  const opened = await open(browser, pathToFileURL(resolve(join(folder, file))).href, options);
  try {
    await check(opened.page, opened);
  } finally {
    await opened.context.close();
  }
}

const open_details = (page) => page.evaluate(() => {
  for (const each of document.querySelectorAll('details')) each.open = true;
});

// What sticks out of the page to the right, named, so that a failure says where to look.
const too_wide = (page) => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')]
    .filter((each) => each.getBoundingClientRect().right > width + 1 && !each.closest('.table-frame'))
    .slice(0, 5).map((each) => `${each.tagName} ${each.getAttribute('class')} ${each.textContent.slice(0, 40)}`)
    .concat('the page scrolls sideways');
});

// Every visible text of every figure with its box and its size on the screen.
const drawn_texts = (page) => page.evaluate(() => [...document.querySelectorAll('svg')]
  .filter((svg) => svg.getBoundingClientRect().width > 0)
  .map((svg) => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const figure = svg.closest('figure').getBoundingClientRect();
    return {
      id: svg.closest('figure').id,
      figure: { left: figure.left, right: figure.right },
      texts: [...svg.querySelectorAll('text')].map((text) => {
        const box = text.getBoundingClientRect();
        return {
          words: text.textContent, size: parseFloat(getComputedStyle(text).fontSize) * scale,
          left: box.left, right: box.right, top: box.top, bottom: box.bottom,
        };
      }),
    };
  }));

for (const file of files) {
  describe(file, () => {
    for (const size of Object.keys(sizes)) {
      for (const theme of hostile(file) ? ['light'] : themes) {
        test(`axe finds nothing wrong, everything opened (${size}, ${theme})`, async () => {
          await with_page(file, { size, theme }, async (page) => {
            await open_details(page);
            await page.evaluate(axe);
            const { violations, passes } = await page.evaluate(() => window.axe.run(document, {
              runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            }));
            assert.deepEqual(violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`), []);
            assert.ok(passes.length > 15, 'axe looked at little');
          });
        });
      }

      test(`nothing is asked of the network, nothing complains (${size})`, async () => {
        await with_page(file, { size }, async (page, { complaints, requests }) => {
          await open_details(page);
          assert.deepEqual(complaints, []);
          assert.deepEqual(requests, []);
          assert.equal(await page.evaluate(() => document.scripts.length), 0);
        });
      });

      test(`the page never scrolls sideways, even with everything open and text twice as large (${size})`, async () => {
        await with_page(file, { size }, async (page) => {
          assert.deepEqual(await too_wide(page), []);
          await open_details(page);
          assert.deepEqual(await too_wide(page), []);
          await page.addStyleTag({ content: 'html { font-size: 212.5% !important; }' });
          assert.deepEqual(await too_wide(page), []);
        });
      });

      test(`words in figures can be read and stay inside (${size})`, async () => {
        await with_page(file, { size }, async (page) => {
          for (const { id, figure, texts } of await drawn_texts(page)) {
            assert.ok(texts.length > 2, `${id} has words`);
            for (const text of texts) {
              assert.ok(text.size >= 12, `${id}: "${text.words}" is ${text.size} px`);
              assert.ok(text.left >= figure.left - 1 && text.right <= figure.right + 1, `${id}: "${text.words}"`);
            }
          }
        });
      });

      if (hostile(file)) continue;
      test(`words in figures do not lie on one another (${size})`, async () => {
        await with_page(file, { size }, async (page) => {
          const collisions = [];
          for (const { id, texts } of await drawn_texts(page)) {
            texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => {
              const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
              const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
              if (across > 0 && down > 4) collisions.push(`${id}: "${a.words}" and "${b.words}"`);
            }));
          }
          assert.deepEqual(collisions, []);
        });
      });
    }

    test('on paper every table is open, in ink on white', async () => {
      await with_page(file, { size: 'desktop', theme: 'dark' }, async (page) => {
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        const closed = await page.evaluate(() => [...document.querySelectorAll('details table')]
          .filter((table) => table.getBoundingClientRect().height < 20 || !table.checkVisibility()).length);
        assert.equal(closed, 0);
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), 'rgb(29, 40, 41)');
        const paper = await page.pdf({ format: 'A4' });
        assert.ok(paper.length > 20000);
      });
    });

    test('the keyboard meets the way to the verdict first, then every table and summary, with a ring', async () => {
      await with_page(file, { size: 'phone' }, async (page) => {
        await page.keyboard.press('Tab');
        const first = await page.evaluate(() => {
          const box = document.activeElement.getBoundingClientRect();
          return { class: document.activeElement.className, left: box.left,
            ring: parseFloat(getComputedStyle(document.activeElement).outlineWidth) };
        });
        assert.equal(first.class, 'skip');
        assert.ok(first.left >= 0 && first.ring >= 3);
        await page.keyboard.press('Enter');
        assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
        const small = await page.evaluate(() => [...document.querySelectorAll('summary')]
          .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 48).length);
        assert.equal(small, 0);
      });
    });

    test('the verdict and what the report is not for stand before everything else', async () => {
      await with_page(file, { size: 'phone' }, async (page) => {
        const order = await page.evaluate(() => [...document.querySelectorAll('.purpose, h1, .status, #warnings, figure')]
          .slice(0, 4).map((each) => each.id || each.className || each.tagName));
        assert.deepEqual(order.slice(0, 3), ['purpose', 'H1', 'status']);
        const top = await page.evaluate(() => document.querySelector('.status').getBoundingClientRect().bottom);
        assert.ok(hostile(file) || top < 780, 'the verdict is on the first screen');
      });
    });
  });
}
