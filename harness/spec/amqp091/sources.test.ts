import { describe, expect, test } from 'vitest';
import type { Rule } from '../rule.ts';
import { classes } from './classes.ts';
import { rules091 } from './rules.ts';
import { silentErrata, silentSections, silentXml } from './silent.ts';
import { errataItems, extendedXmlRules, productions, proseSections, xmlAsserts, xmlRules } from './sources.ts';

const sources = Object.values<Rule>(rules091).flatMap(rule => rule.source);
const cited = {
  xml: new Set(sources.flatMap(source => (source.kind === 'xml' ? [source.path] : []))),
  text: new Set(sources.flatMap(source => (source.kind === 'text' ? [source.section] : []))),
  grammar: new Set(sources.flatMap(source => (source.kind === 'grammar' ? [source.production] : []))),
  errata: new Set(sources.flatMap(source => (source.kind === 'errata' ? [source.item] : []))),
};

const numbers = Array.from({ length: errataItems }, (_, at) => at + 1);

describe('the catalogue', () => {
  test('knows 115 rules of the XML and 24 that extensions add, each by a path of its own', () => {
    expect([xmlRules.length, extendedXmlRules.length]).toEqual([115, 24]);
    expect(new Set([...xmlRules, ...extendedXmlRules, ...xmlAsserts]).size).toBe(115 + 24 + xmlAsserts.length);
  });

  test('has a rule for each rule of the XML, or says why not', () => {
    const missing = [...xmlRules, ...extendedXmlRules].filter(path => !cited.xml.has(path) && !(path in silentXml));
    expect(missing).toEqual([]);
  });

  test('has a rule for each assertion of the XML, or says why not', () => {
    expect(xmlAsserts.filter(path => !cited.xml.has(path) && !(path in silentXml))).toEqual([]);
  });

  test('has a rule for each section of chapters 2 to 4, or says why not', () => {
    expect(proseSections.filter(section => !cited.text.has(section) && !(section in silentSections))).toEqual([]);
  });

  test('has a rule for each production of the grammar', () => {
    expect(productions.filter(production => !cited.grammar.has(production))).toEqual([]);
  });

  test('has a rule for each item of the errata, or says why not', () => {
    expect(numbers.filter(item => !cited.errata.has(item) && !(item in silentErrata))).toEqual([]);
  });

  test('has no rule for what is said to say nothing', () => {
    expect(Object.keys(silentXml).filter(path => cited.xml.has(path))).toEqual([]);
    expect(Object.keys(silentSections).filter(section => cited.text.has(section))).toEqual([]);
    expect(Object.keys(silentErrata).filter(item => cited.errata.has(Number(item)))).toEqual([]);
  });

  test('cites no section, production or item that is not there', () => {
    const sections: readonly string[] = proseSections;
    const grammar: readonly string[] = productions;
    expect([...cited.text].filter(section => !sections.includes(section) && section !== '1.4.2')).toEqual([]);
    expect([...cited.grammar].filter(production => !grammar.includes(production))).toEqual([]);
    expect([...cited.errata].filter(item => item < 1 || item > errataItems)).toEqual([]);
  });

  test('cites no path of the XML that is not there', () => {
    const known = new Set<string>([...xmlRules, ...extendedXmlRules, ...xmlAsserts]);
    const places = Object.entries(classes).flatMap(([name, row]) => [
      name,
      ...Object.entries(row.methods).flatMap(([method, { fields }]) => [
        `${name}.${method}`,
        ...Object.keys(fields).map(field => `${name}.${method}.${field}`),
      ]),
    ]);
    for (const place of places) known.add(place);
    const loose = [...cited.xml].filter(path => !known.has(path) && !/^(domain|constant)\.[a-z-]+$/.test(path));
    expect(loose).toEqual([]);
  });
});
