// What the checks and the screenshots share: one quiet Chromium, pages of the sizes and themes that people have.
import { chromium } from 'playwright-core';

export const sizes = { phone: { width: 360, height: 780 }, desktop: { width: 1280, height: 800 } };
export const themes = ['light', 'dark'];

export function launch() {
  return chromium.launch({
    executablePath: process.env.GROUNDWORK_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

// A page that has opened `url` and wrote down what should not have happened while doing so.
export async function open(browser, url, { size = 'phone', theme = 'light' } = {}) {
  const context = await browser.newContext({
    viewport: sizes[size], colorScheme: theme, offline: true,
    isMobile: size === 'phone', hasTouch: size === 'phone',
  });
  const page = await context.newPage();
  const complaints = [];
  const requests = [];
  page.on('console', (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  page.on('dialog', (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (request.url() !== url) requests.push(request.url()); });
  await page.goto(url);
  return { page, context, complaints, requests };
}
