// Runs the text tests: commands with the output they must give.
//
//   node tests/text/run.mjs build/asan/groundwork [name ...]
//
// A test is a file tests/text/NAME.txt:
//   # remarks
//   $ groundwork score scs answers.csv      a command, run by sh in a scratch copy of tests/text/files/
//   expected output                         standard output, line by line; "..." alone stands for any lines,
//                                           "[..]" inside a line for any text
//   ! expected error output                 standard error, in the same way (unchecked if there is no such line)
//   = 1                                     the exit status, if not 0
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [binary, ...chosen] = process.argv.slice(2);
if (!binary) {
  console.error('usage: node tests/text/run.mjs BINARY [name ...]');
  process.exit(2);
}

function parse(text) {
  const steps = [];
  for (const [index, line] of text.split('\n').entries()) {
    const step = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ line: index + 1, command: line.slice(2), out: [], err: [], status: 0 });
    else if (line.startsWith('#') || !step) continue;
    else if (line.startsWith('! ')) step.err.push(line.slice(2));
    else if (line.startsWith('= ')) step.status = Number(line.slice(2));
    else step.out.push(line);
  }
  for (const step of steps) while (step.out.at(-1) === '') step.out.pop();
  return steps;
}

function lineMatches(expected, actual) {
  const pieces = expected.trimEnd().split('[..]').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`, 'u').test(actual.trimEnd());
}

function matches(expected, actual) {
  if (expected.length === 0) return actual.length === 0;
  if (expected[0] === '...') {
    for (let skip = 0; skip <= actual.length; ++skip) if (matches(expected.slice(1), actual.slice(skip))) return true;
    return false;
  }
  return actual.length > 0 && lineMatches(expected[0], actual[0]) && matches(expected.slice(1), actual.slice(1));
}

const linesOf = (text) => {
  const lines = text.split('\n');
  while (lines.at(-1) === '') lines.pop();
  return lines;
};

let passed = 0;
let failed = 0;
for (const file of readdirSync(here).filter((name) => name.endsWith('.txt')).sort()) {
  const name = file.slice(0, -4);
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const scratch = mkdtempSync(join(tmpdir(), 'groundwork-text-'));
  cpSync(join(here, 'files'), scratch, { recursive: true });
  for (const step of parse(readFileSync(join(here, file), 'utf8'))) {
    const ran = spawnSync('sh', ['-c', `groundwork() { "$GROUNDWORK" "$@"; }\n${step.command}`], {
      cwd: scratch, encoding: 'utf8', env: { ...process.env, GROUNDWORK: resolve(binary) },
    });
    const good = ran.status === step.status && matches(step.out, linesOf(ran.stdout)) &&
      (step.err.length === 0 || matches(step.err, linesOf(ran.stderr)));
    good ? ++passed : ++failed;
    if (good) continue;
    console.log(`FAILED ${file}:${step.line}: ${step.command}`);
    console.log(`  expected (exit ${step.status}):\n${[...step.out, ...step.err.map((l) => `! ${l}`)].map((l) => `    ${l}`).join('\n')}`);
    console.log(`  got (exit ${ran.status}):\n${[...linesOf(ran.stdout), ...linesOf(ran.stderr).map((l) => `! ${l}`)].map((l) => `    ${l}`).join('\n')}`);
  }
  rmSync(scratch, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
