import { describe, expect, test } from 'vitest';
import type { Level, Rule } from '../rule.ts';
import { errorConditions } from './conditions.ts';
import { attributes, sections, sentences } from './places.ts';
import { areas10, rules10 } from './rules.ts';
import { silentPlaces10, silentSections10 } from './silent.ts';

const rules = Object.entries<Rule>(rules10);

/** By place: the rules whose source it is. */
const citing = new Map<string, Rule[]>();
for (const [, rule] of rules) for (const source of rule.source) if (source.kind === 'xml') citing.set(source.path, [...(citing.get(source.path) ?? []), rule]);

const spoken = Object.entries<readonly string[]>(sentences).flatMap(([path, each]) => each.map((keywords, at) => ({ place: `${path}#${at + 1}`, keywords })));
const marked = Object.entries<readonly string[]>(attributes).flatMap(([attribute, paths]) => paths.map(path => `${path}@${attribute}`));
const places = [...spoken.map(({ place }) => place), ...marked];

const texts = new Set(rules.flatMap(([, { section, source }]) => [section, ...source.flatMap(each => (each.kind === 'text' ? [each.section] : []))]));

describe('the catalogue of 1.0', () => {
  test('knows 217 sentences with a keyword, 27 more with a must that binds, and 115 attributes, each by a place of its own', () => {
    const plain = spoken.filter(({ keywords }) => keywords === 'must');
    expect([spoken.length - plain.length, plain.length, marked.length]).toEqual([217, 27, 115]);
    expect(new Set(places).size).toBe(places.length);
  });

  test('has a rule for each of them, or says why not', () => {
    expect(places.filter(place => !citing.has(place) && !(place in silentPlaces10))).toEqual([]);
  });

  test('has duties of the level that each sentence asks for', () => {
    const wrong = spoken.filter(({ place, keywords }) => {
      const levels = new Set((citing.get(place) ?? []).flatMap(({ duties }) => Object.values(duties).map(({ level }) => level)));
      return citing.has(place) && !keywords.split('+').every(keyword => levels.has(keyword.toUpperCase() as Level));
    });
    expect(wrong).toEqual([]);
  });

  test('has a rule for each section, or says why not', () => {
    expect(sections.filter(section => !texts.has(section) && !(section in silentSections10))).toEqual([]);
  });

  test('has no rule for what is said to say nothing', () => {
    expect(Object.keys(silentPlaces10).filter(place => citing.has(place))).toEqual([]);
    expect(Object.keys(silentSections10).filter(section => texts.has(section))).toEqual([]);
  });

  test('cites no place and no section that is not there', () => {
    const known: readonly string[] = sections;
    const cited = rules.flatMap(([, { source }]) => source.flatMap(each => (each.kind === 'text' ? [each.section] : [])));
    expect([...citing.keys()].filter(place => !places.includes(place))).toEqual([]);
    expect(cited.filter(section => !known.includes(section))).toEqual([]);
  });

  test('numbers a rule of the standard by the section that it stands in', () => {
    const own = rules.filter(([, { section }]) => /^\d/.test(section));
    expect(own.filter(([id, { section }]) => !id.startsWith(`amqp10/${section}.`)).map(([id]) => id)).toEqual([]);
    const companions = rules.filter(([, { section }]) => !/^\d/.test(section));
    expect(companions.filter(([, { source }]) => !source.some(({ kind }) => kind === 'extension')).map(([id]) => id)).toEqual([]);
  });

  test('has each rule in one area', () => {
    const inAreas = Object.values<Readonly<Record<string, Rule>>>(areas10).flatMap(area => Object.keys(area));
    expect([...inAreas].sort()).toEqual(Object.keys(rules10).sort());
  });

  test('knows an error condition for each choice of the five types of errors', () => {
    const choices = attributes.choice.filter(path => /\.(amqp|connection|session|link|transaction)-error\./.test(path));
    expect(Object.keys(errorConditions)).toHaveLength(choices.length);
  });
});
