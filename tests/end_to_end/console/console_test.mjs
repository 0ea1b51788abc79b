// Walks through the moderators' page as two people do: one finds what was refused and proposes a name, the
// other approves it, it is live, and is rolled back.
//
//   BASE_URL          where the console is served: "http://127.0.0.1:8080"
//   MODERATOR_TOKEN   of an account with ROLE_MODERATOR
//   APPROVER_TOKEN    of another account, with ROLE_APPROVER
//   CHROMIUM          the browser; default /usr/bin/chromium
//
// The server must have refused an emoji for want of a name, or for being blocked, in a row that one approval
// changes, and must serve names of Spanish.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const { BASE_URL, MODERATOR_TOKEN, APPROVER_TOKEN, CHROMIUM = '/usr/bin/chromium' } = process.env;
const kMarkup = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
const kStamp = Date.now()
  .toString(36)
  .replace(/\d/g, (digit) => 'abcdefghij'[digit]);
const kName = `prueba ${kStamp}`;

let browser;
let moderator;
let approver;
const complaints = []; // of the browser, about anything on any page

before(async () => {
  for (const name of ['BASE_URL', 'MODERATOR_TOKEN', 'APPROVER_TOKEN']) {
    assert.ok(process.env[name], `set ${name}`);
  }
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  moderator = await openPage();
  approver = await openPage();
});

after(() => browser?.close());

async function openPage(options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  return page;
}

async function visit(page, hash) {
  await page.goto(`${BASE_URL}/${hash}`);
  await page.locator('#main h1').waitFor();
}

async function signIn(page, token, role) {
  await page.goto(`${BASE_URL}/`);
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'What waits for somebody' }).waitFor();
  await page.locator('header').getByText(role, { exact: true }).waitFor();
}

// What must hold on every page: one heading, one main landmark, a name for every control, no markup of people.
async function checkPage(page) {
  const found = await page.evaluate(() => ({
    headings: document.querySelectorAll('h1').length,
    mains: document.querySelectorAll('main').length,
    nameless: [...document.querySelectorAll('button, a[href], input, select, textarea')]
      .filter(
        (e) =>
          e.checkVisibility() &&
          !e.textContent.trim() &&
          !e.getAttribute('aria-label') &&
          !e.labels?.length,
      )
      .map((e) => e.outerHTML),
    unlabelled: [...document.querySelectorAll('input, select, textarea')]
      .filter((e) => e.checkVisibility() && !e.labels?.length && !e.getAttribute('aria-label'))
      .map((e) => e.outerHTML),
    inlineScripts: document.querySelectorAll('script:not([src])').length,
    images: document.querySelectorAll('img[src="x"]').length,
    hacked: Boolean(window.hacked),
    tooWide: document.documentElement.scrollWidth > innerWidth + 1,
  }));
  assert.deepEqual(
    found,
    {
      headings: 1,
      mains: 1,
      nameless: [],
      unlabelled: [],
      inlineScripts: 0,
      images: 0,
      hacked: false,
      tooWide: false,
    },
    page.url(),
  );
}

let entryHash; // of the entry that the refusal leads to
let nameBefore; // what it was called

test('a moderator signs in and finds what was refused', async () => {
  await signIn(moderator, MODERATOR_TOKEN, 'Moderator');
  await checkPage(moderator);
  await moderator
    .getByRole('navigation')
    .getByRole('link', { name: /^Refused in traffic/ })
    .click();
  await moderator.getByRole('heading', { level: 1, name: 'Refused in traffic' }).waitFor();
  const way = moderator.getByRole('link', { name: 'Open the row' }).first();
  await way.waitFor();
  await checkPage(moderator);
  entryHash = await way.getAttribute('href');
  await way.click();
  await moderator.getByRole('heading', { name: 'What counts now' }).waitFor();
  nameBefore = await moderator.locator('h1').innerText();
  await checkPage(moderator);
});

test('a moderator proposes a fix, after the checks had their say', async () => {
  await moderator.getByRole('button', { name: 'Edit', exact: true }).click();
  const form = moderator.getByRole('form', { name: 'Propose a change' });
  // A blocked row is unblocked, else there is no field for the name.
  const block = form.getByLabel(/^Block:/);
  if (await block.isChecked()) await block.uncheck();
  await form.getByLabel(/^Name/).fill(kName);
  await form.getByLabel(/^Note/).fill(kMarkup);
  await form.locator('.check-result .good-line, .check-result .findings').waitFor();
  await form.getByRole('button', { name: 'Propose' }).click();
  await form.getByText('Say why.').waitFor();
  await form.getByLabel(/^Reason/).fill(`Refused in traffic ${kMarkup}`);
  await form.getByRole('button', { name: 'Propose' }).click();
  const notice = moderator.locator('.toast', { hasText: 'Proposed. Somebody else approves it.' });
  await notice.getByRole('button', { name: 'Close this notice' }).click();
  await notice.waitFor({ state: 'detached' });
  const card = moderator.getByRole('article').filter({ hasText: kName });
  await card.waitFor();
  await card.getByLabel('Comment').fill(kMarkup);
  await card.getByRole('button', { name: 'Comment' }).click();
  await card.locator('.comments').getByText(kMarkup).waitFor();
  assert.equal(
    await card.getByRole('button', { name: 'Approve' }).count(),
    0,
    'nobody approves their own',
  );
  assert.equal(
    await moderator.locator('h1').innerText(),
    nameBefore,
    'nothing is live before it is approved',
  );
  await checkPage(moderator);
});

let revision;

test('an approver approves it and it is live', async () => {
  await signIn(approver, APPROVER_TOKEN, 'Approver');
  await approver
    .getByRole('navigation')
    .getByRole('link', { name: /^Open proposals/ })
    .click();
  await approver.getByRole('listitem').filter({ hasText: kName }).getByRole('link').first().click();
  await approver.getByRole('heading', { level: 1, name: /^Proposal \d+$/ }).waitFor();
  await approver.locator('.comments').getByText(kMarkup).waitFor();
  await checkPage(approver);
  await approver.getByRole('button', { name: 'Approve' }).click();
  const dialog = approver.getByRole('dialog', { name: 'Approve this?' });
  for (const box of await dialog.getByRole('checkbox').all()) await box.check();
  await dialog.getByLabel(/^Remark/).fill('Reads well.');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  const notice = approver.locator('.toast').getByText(/^Approved\. Revision \d+ is live\.$/);
  revision = Number((await notice.innerText()).match(/\d+/)[0]);
  await visit(approver, entryHash);
  await approver.getByRole('heading', { level: 1, name: kName }).waitFor();
  assert.match(await approver.locator('.history').innerText(), /Proposed by .+, approved by /);
  await checkPage(approver);
});

test('the test box shows the fix in a message', async () => {
  const sequence = await approver.locator('.big-picture').innerText();
  const locale = decodeURIComponent(entryHash.split('/')[3]).split('@')[0];
  await visit(approver, '#/test');
  await approver.getByLabel('Message').fill(`I love ${sequence.trim()}!`);
  await approver.getByLabel('From', { exact: true }).selectOption('en');
  await approver.getByLabel('To', { exact: true }).selectOption(locale);
  await approver.getByRole('button', { name: 'Try it' }).click();
  await approver.locator('.translation .licence.book').getByText(kName).waitFor();
  await checkPage(approver);
});

test('the approver rolls it back, after seeing what that changes', async () => {
  await visit(approver, `#/revisions/${revision}`);
  await approver
    .getByRole('button', { name: /^Roll back to / })
    .first()
    .click();
  const dialog = approver.getByRole('dialog', { name: /^Roll back to / });
  await dialog.getByText('1 row would change.').waitFor();
  await dialog.getByText(kName).waitFor();
  await dialog.getByLabel(/^Reason/).fill('It was only a test.');
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await approver
    .locator('.toast')
    .getByText(/^Rolled back: revision \d+ is live\.$/)
    .waitFor();
  await visit(approver, entryHash);
  await approver.getByRole('heading', { level: 1, name: nameBefore, exact: true }).waitFor();
});

test('the audit log tells of it and is intact', async () => {
  await visit(approver, '#/audit');
  await approver.getByRole('button', { name: 'Verify' }).click();
  await approver.getByText(/^Intact: /).waitFor();
  await approver.locator('details').first().locator('summary').click();
  await checkPage(approver);
});

test('an entry is found, opened, edited and proposed with the keyboard alone, and taken back', async () => {
  const { keyboard } = moderator;
  await visit(moderator, '#/entries/names/es');
  await moderator.locator('.grid-row[data-index="0"] .row-link').waitFor();
  await keyboard.press('/');
  await keyboard.type('1F602');
  await moderator
    .locator('.lead')
    .getByText(/· 1 row$/)
    .waitFor();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await moderator.getByRole('heading', { name: 'What counts now' }).waitFor();
  assert.equal(
    await moderator.evaluate(() => document.activeElement.tagName),
    'H1',
    'the focus follows',
  );
  await keyboard.press('e');
  await moderator.getByRole('form', { name: 'Propose a change' }).waitFor();
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type(`${kName} teclado`);
  for (let i = 0; i < 8; i += 1) {
    await keyboard.press('Tab');
    if (
      await moderator.evaluate(() =>
        /^Reason/.test(document.activeElement.labels?.[0]?.textContent ?? ''),
      )
    )
      break;
  }
  await keyboard.type('By keyboard');
  await keyboard.press('Control+Enter');
  const notice = moderator.locator('.toast', { hasText: 'Proposed. Somebody else approves it.' });
  await notice.getByRole('button', { name: 'Undo' }).focus();
  await keyboard.press('Enter');
  await moderator.locator('.toast').getByText('Withdrawn.').waitFor();
});

test('thousands of rows scroll, and the list is where one left it', async () => {
  await visit(moderator, '#/entries/names/es');
  await moderator.locator('.grid-row[data-index="0"] .row-link').waitFor();
  await moderator.locator('.grid-row[data-index="0"]').focus();
  await moderator.keyboard.press('End');
  const last = moderator.locator('.grid-row:focus .row-link');
  await last.waitFor();
  assert.ok((await moderator.locator('.grid-row').count()) < 80, 'only rows in sight are there');
  const name = await last.innerText();
  await moderator.keyboard.press('Enter');
  await moderator.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await moderator.keyboard.press('Escape');
  await moderator.locator('.grid-row:focus').getByText(name, { exact: true }).waitFor();
});

test('every page fits a small screen', async () => {
  const page = await openPage({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  await page.addInitScript(
    (token) => sessionStorage.setItem('signalbook.token', token),
    APPROVER_TOKEN,
  );
  for (const hash of [
    '#/',
    '#/entries/names/ar?group=Flags',
    entryHash,
    '#/proposals',
    '#/revisions',
    '#/refusals',
    '#/audit',
    '#/exchange',
    '#/test',
    '#/entries/guards/es',
    '#/entries/phrases/en%3Ees',
    '#/new/phrases/en%3Ees',
  ]) {
    await visit(page, hash);
    await page.waitForLoadState('networkidle');
    await checkPage(page);
  }
});

test('signing out forgets the token', async () => {
  await moderator.getByRole('button', { name: 'Sign out' }).click();
  await moderator.getByLabel('Access token').waitFor();
  assert.equal(await moderator.evaluate(() => sessionStorage.length), 0);
});

test('the browser had nothing to complain about', () => assert.deepEqual(complaints, []));
