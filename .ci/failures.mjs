// Prints the tests of a vitest report in JSON that failed, each with the beginning of what it says, and behind them the surprises of a run's record.
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const [file, record] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
for (const { name, status, message, assertionResults } of testResults) {
  const where = name.replace(`${process.cwd()}/`, '');
  const failed = assertionResults.filter(each => each.status === 'failed');
  for (const { fullName, duration, failureMessages } of failed) {
    console.log(`failed test: ${where}: ${fullName} (${Math.round(duration ?? 0)} ms)`);
    for (const line of stripVTControlCharacters(failureMessages.join('\n')).split('\n').slice(0, 12)) console.log(`    ${line.slice(0, 300)}`);
  }
  if (status === 'failed' && failed.length === 0) console.log(`failed test file: ${where}: ${stripVTControlCharacters(message).slice(0, 1000)}`);
}
if (record !== undefined) {
  for (const { check, surprise, message } of JSON.parse(readFileSync(record, 'utf8')).verdicts) if (surprise) console.log(`surprise: ${check}: ${message}`);
}
