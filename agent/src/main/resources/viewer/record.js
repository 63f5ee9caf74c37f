// Reads the document: what the hospitals said, as lists that a person looks for. Nothing of it is trusted to have the
// form that FHIR gives it; what has not is left out or shown as text.

import { isRecognition } from './words.js';

const BEIJING = 8 * 3600 * 1000;
const EXTENSION = 'urn:emr-gateway:extension:';
const TEXT_CHARS = 40;

/** JSON whose numbers are kept as they are spelt: 0.50 is another result than 0.5. */
export function parse(json) {
  return JSON.parse(json.replace(/"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, one => one[0] === '"' ? one : '"' + one + '"'));
}

function numeric(value) {
  return /^-?\d/.test(text(value)) ? Number(value) : NaN;
}

export function list(value) {
  return Array.isArray(value) ? value.filter(one => one !== null && one !== undefined) : value === null || value === undefined ? [] : [value];
}

export function text(value) {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Follows names through objects, and through the first of a list. */
export function at(from, ...names) {
  return names.reduce((now, name) => {
    const one = Array.isArray(now) ? now[0] : now;
    return one !== null && typeof one === 'object' && Object.prototype.hasOwnProperty.call(one, name) ? one[name] : undefined;
  }, from);
}

/** A number of milliseconds, or NaN; a day counts from its beginning in Beijing. */
export function moment(time) {
  const said = text(time);
  return /^\d{4}-\d{2}-\d{2}T/.test(said) ? Date.parse(said)
    : /^\d{4}(-\d{2}){0,2}$/.test(said) ? Date.parse((said + '-01-01').slice(0, 10)) - BEIJING : NaN;
}

/** To the minute in Beijing's time; a day, or what is no time, as it came. */
export function shortTime(time) {
  const said = text(time);
  const when = moment(said);
  return said.length < 16 || isNaN(when) ? said : clock(when);
}

export function clock(when) {
  return new Date(when + BEIJING).toISOString().slice(0, 16).replace('T', ' ');
}

export function day(time) {
  return shortTime(time).slice(0, 10);
}

/** What a concept is called: its text, else the first name or code. */
export function name(concept) {
  const codings = list(at(concept, 'coding'));
  return text(at(concept, 'text')) || codings.map(one => text(at(one, 'display'))).filter(Boolean)[0]
    || codings.map(one => text(at(one, 'code'))).filter(Boolean)[0] || '';
}

export function names(concepts) {
  return list(concepts).map(name).filter(Boolean).join('；');
}

/** A hospital's own numbering, known nowhere else. */
export function isLocal(system) {
  return /^urn:emr-gateway:[^:]+:codes(:|$)/.test(system) || !system;
}

export function codings(concept) {
  return list(at(concept, 'coding')).map(one => ({
    system: text(at(one, 'system')), code: text(at(one, 'code')), display: text(at(one, 'display')), version: text(at(one, 'version')),
  })).filter(one => one.code || one.display);
}

export function quantity(value) {
  const number = text(at(value, 'value'));
  return number === '' ? '' : text(at(value, 'comparator')) + number + (text(at(value, 'unit')) ? ' ' + text(at(value, 'unit')) : '');
}

function range(value) {
  const low = quantity(at(value, 'low'));
  const high = quantity(at(value, 'high'));
  return low || high ? low + '–' + high : '';
}

/** A value of whatever type, as text. */
export function anyValue(of, choice) {
  for (const key of Object.keys(of)) {
    if (key.startsWith(choice) && key.length > choice.length && key[choice.length] !== key[choice.length].toLowerCase()) {
      const value = of[key];
      return typeof value !== 'object' ? (/DateTime$|Instant$/.test(key) ? shortTime(value) : text(value))
        : quantity(value) || range(value) || period(value) || ratio(value) || name(value);
    }
  }
  return '';
}

function ratio(value) {
  const above = text(at(value, 'numerator', 'value'));
  const below = text(at(value, 'denominator', 'value'));
  return above && below ? above + ':' + below : '';
}

export function period(value) {
  const start = shortTime(at(value, 'start'));
  const end = shortTime(at(value, 'end'));
  return start || end ? start + ' – ' + end : '';
}

/** When something was, for its place in a list. */
function when(of, ...keys) {
  for (const key of keys) {
    const value = of[key];
    const time = typeof value === 'object' ? at(value, 'start') || at(value, 'end') : value;
    if (!isNaN(moment(time))) {
      return text(time);
    }
  }
  return '';
}

function newestFirst(items) {
  return items.sort((one, other) => (moment(other.time) || 0) - (moment(one.time) || 0));
}

/** The document as a page shows it; {@code now} in milliseconds decides what is current. */
export function read(document, now) {
  const all = new Map();
  list(at(document, 'entry')).forEach(entry => {
    const resource = at(entry, 'resource');
    if (resource && text(at(resource, 'resourceType'))) {
      all.set(text(at(entry, 'fullUrl')), Object.assign({ fullUrl: text(at(entry, 'fullUrl')) }, resource));
    }
  });
  const of = type => Array.from(all.values()).filter(one => one.resourceType === type);
  const target = reference => all.get(text(at(reference, 'reference')));
  const composition = of('Composition')[0] || {};

  const hospitals = new Map();
  of('Organization').forEach(one => list(one.identifier).forEach(id => {
    if (at(id, 'system') === 'urn:emr-gateway:hospital') {
      hospitals.set(text(at(id, 'value')), text(one.name));
    }
  }));
  const hospitalsOf = resource => {
    const several = list(resource.extension).filter(one => at(one, 'url') === EXTENSION + 'source').map(one => text(at(one, 'valueUri')));
    return (several.length ? several : [text(at(resource, 'meta', 'source'))])
      .map(uri => uri.replace('urn:emr-gateway:', '')).map(id => ({ id, name: hospitals.get(id) || id })).filter(one => one.id);
  };
  const item = (resource, more) => Object.assign({ key: resource.fullUrl, resource, hospitals: hospitalsOf(resource) }, more);

  const sources = list(composition.extension).filter(one => at(one, 'url') === EXTENSION + 'lookup-source').map(one => {
    const part = url => list(one.extension).filter(inner => at(inner, 'url') === url)[0];
    const organization = target(at(part('hospital'), 'valueReference')) || {};
    const id = text(at(organization.identifier, 'value'));
    return { id, name: text(organization.name) || id, status: text(at(part('status'), 'valueCode')),
      why: text(at(part('why'), 'valueCoding', 'display')), count: Number(at(part('count'), 'valueInteger')) || 0 };
  });

  const visits = newestFirst(of('Encounter').map(one => item(one, {
    time: text(at(one.period, 'start')) || text(at(one.period, 'end')), start: moment(at(one.period, 'start')),
    end: moment(at(one.period, 'end') || lastKnown(one)), kind: text(at(one.class, 'code')), department: name(one.serviceType),
    number: text(at(one.identifier, 'value')), state: text(one.status), reason: names(one.reasonCode),
  })));
  const roles = new Map();
  visits.forEach(visit => list(visit.resource.diagnosis).forEach(one => {
    const condition = target(at(one, 'condition'));
    if (condition) {
      roles.set(condition.fullUrl, text(at(one, 'use', 'coding', 'code')));
    }
  }));
  const visitOf = resource => target(at(resource, 'encounter')) || target(at(resource, 'context')) || target(at(resource.context, 'encounter'));

  return Object.assign({
    patient: patient(of('Patient')[0] || {}),
    asking: text((target(at(composition, 'author')) || {}).name),
    asked: new Set(list(composition.section).filter(one => at(one, 'emptyReason', 'coding', 'code') !== 'notasked')
      .map(one => text(at(one, 'code', 'coding', 'code')))),
    notAgreed: new Set(list(composition.extension).filter(one => at(one, 'url') === EXTENSION + 'not-agreed').map(one => text(at(one, 'valueCode')))),
    sources, visits, target, visitOf, hospitalsOf,
    allergies: allergies(of('AllergyIntolerance').map(one => item(one))),
    medicines: medicines(of, item, visitOf, target, now),
    diagnoses: grouped(of('Condition').map(one => item(one, {
      name: name(one.code), time: when(one, 'onsetDateTime', 'onsetPeriod', 'recordedDate'), role: roles.get(one.fullUrl) || '',
      state: text(at(one.clinicalStatus, 'coding', 'code')), doubt: text(at(one.verificationStatus, 'coding', 'code')),
    }))),
    procedures: newestFirst(of('Procedure').map(one => item(one, {
      name: name(one.code), time: when(one, 'performedDateTime', 'performedPeriod'), shown: anyValue(one, 'performed'),
      by: list(one.performer).map(who => person(target(at(who, 'actor')))).filter(Boolean).join('、'), state: text(one.status),
    }))),
  }, results(of, item, target));
}

/** The last thing that was heard of a visit without an end. */
function lastKnown(visit) {
  return at(list(visit.extension).filter(one => at(one, 'url') === EXTENSION + 'last-known')[0], 'valueDateTime');
}

export function person(one) {
  return one ? text(at(one.name, 'text')) || text(at(one.name, 'family')) + text(at(one.name, 'given')) || text(one.name) : '';
}

function patient(one) {
  const resident = list(one.identifier).filter(id => at(id, 'system') === 'urn:oid:2.16.156.10011.1.3')[0];
  return { name: text(at(one.name, 'text')), gender: text(one.gender), born: text(one.birthDate), number: text(at(resident, 'value')) };
}

function allergies(items) {
  items.forEach(one => {
    const of = one.resource;
    one.name = name(of.code);
    one.category = text(list(of.category)[0]);
    one.denied = text(at(of.verificationStatus, 'coding', 'code')) === 'refuted';
    one.inactive = /^(inactive|resolved)$/.test(text(at(of.clinicalStatus, 'coding', 'code')));
    one.severe = of.criticality === 'high';
    one.reactions = list(of.reaction).map(reaction => ({
      what: [names(at(reaction, 'manifestation')), text(at(reaction, 'description'))].filter(Boolean).join(' '), severity: text(at(reaction, 'severity')),
    }));
    one.time = when(of, 'onsetDateTime', 'recordedDate');
  });
  const rank = one => (one.denied ? 4 : one.inactive ? 2 : 0) + (one.severe ? 0 : 1);
  return items.sort((one, other) => rank(one) - rank(other));
}

/** A drug as ordered, dispensed or given; what was dispensed of an order stands with it. */
function medicines(of, item, visitOf, target, now) {
  const dispensed = new Map();
  const items = [];
  of('MedicationDispense').forEach(one => {
    const order = target(list(one.authorizingPrescription)[0]);
    if (order) {
      dispensed.set(order.fullUrl, list(dispensed.get(order.fullUrl)).concat([one]));
    } else {
      items.push(medicine(item(one), one, visitOf(one), now));
    }
  });
  ['MedicationRequest', 'MedicationAdministration', 'MedicationStatement'].forEach(type => of(type).forEach(one => {
    const made = medicine(item(one), one, visitOf(one), now);
    made.dispensed = list(dispensed.get(one.fullUrl)).map(each => item(each));
    items.push(made);
  }));
  newestFirst(items);
  return { current: items.filter(one => !one.over), earlier: items.filter(one => one.over) };
}

const OVER = { completed: true, stopped: true, cancelled: true, 'entered-in-error': true, 'not-done': true };

function medicine(made, one, visit, now) {
  made.name = name(one.medicationCodeableConcept) || name(at(one.contained, 'code'));
  made.state = text(one.status);
  made.time = when(one, 'authoredOn', 'effectiveDateTime', 'effectivePeriod', 'whenHandedOver', 'whenPrepared', 'dateAsserted');
  const dosages = list(one.dosageInstruction).concat(list(one.dosage));
  made.start = text(dosages.map(each => at(each.timing, 'repeat', 'boundsPeriod', 'start')).filter(Boolean)[0]) || made.time;
  made.dosage = dosages.map(each => dosage(each, dosages.length > 1)).filter(Boolean).join('；');
  const ends = dosages.map(each => end(each, made.time)).filter(each => !isNaN(each));
  made.end = ends.length ? Math.max(...ends) : NaN;
  // Why it is no longer taken; an order that says nothing of an end may still be.
  made.over = one.resourceType !== 'MedicationRequest' && one.resourceType !== 'MedicationStatement' ? 'once'
    : OVER[made.state] ? made.state
    : made.end < now ? 'course'
    : visit && visit.status === 'finished' && /^(IMP|ACUTE|NONAC|EMER|OBSENC)$/.test(text(at(visit.class, 'code'))) && isNaN(made.end) ? 'stay' : '';
  return made;
}

/** @param {boolean} several whether it is one of several phases, of which each has its time */
export function dosage(of, several) {
  const dose = quantity(at(of.doseAndRate, 'doseQuantity')) || range(at(of.doseAndRate, 'doseRange')) || quantity(of.dose);
  const repeat = at(of.timing, 'repeat');
  const bounds = quantity(at(repeat, 'boundsDuration')).replace(' ', '');
  const phase = several && [at(repeat, 'boundsPeriod', 'start'), at(repeat, 'boundsPeriod', 'end')].map(each => text(each).slice(0, 10)).join('～');
  return [dose, name(at(of.timing, 'code')) || rhythm(repeat), of.asNeededBoolean === true && '必要时', name(of.route), bounds && '共 ' + bounds,
    phase && phase.length > 1 && phase, text(of.text)].concat(list(of.additionalInstruction).map(name)).filter(Boolean).join(' · ');
}

function rhythm(repeat) {
  const each = text(at(repeat, 'period')) + text(at(repeat, 'periodUnit'));
  return text(at(repeat, 'frequency')) && each ? text(at(repeat, 'frequency')) + '/' + each : '';
}

const DAY = 24 * 3600 * 1000;
const UNIT = { h: DAY / 24, d: DAY, wk: 7 * DAY, mo: 31 * DAY };

/** The end of the last day on which it is taken; NaN where nobody says. */
function end(of, begins) {
  const said = text(at(of.timing, 'repeat', 'boundsPeriod', 'end'));
  if (said) {
    return moment(said) + (said.length > 10 ? 0 : DAY);
  }
  const start = moment(at(of.timing, 'repeat', 'boundsPeriod', 'start') || begins);
  const bounds = at(of.timing, 'repeat', 'boundsDuration');
  return start + numeric(at(bounds, 'value')) * UNIT[text(at(bounds, 'code'))];
}

/** The same code or words of several visits or hospitals is one line with several times. */
function grouped(items) {
  const groups = new Map();
  newestFirst(items).forEach(one => {
    const shared = codings(one.resource.code).filter(each => !isLocal(each.system) && each.code)[0];
    const key = (shared ? shared.system + '|' + shared.code : '|' + one.name) + '|' + (one.doubt === 'refuted');
    groups.set(key, list(groups.get(key)).concat([one]));
  });
  return Array.from(groups, ([key, all]) => ({ key, all, name: all[0].name, code: codings(all[0].resource.code)[0], time: all[0].time }));
}

/** Results by report and item, and what is to be read as text. */
function results(of, item, target) {
  const panelOf = new Map();
  const reports = of('DiagnosticReport').map(one => item(one, {
    name: name(one.code), time: when(one, 'effectiveDateTime', 'effectivePeriod', 'issued'), state: text(one.status), words: [],
    files: attachments(list(one.presentedForm)),
  }));
  newestFirst(reports).forEach(report => list(report.resource.result).forEach(reference => {
    const result = target(reference);
    if (result && !panelOf.has(result.fullUrl)) {
      panelOf.set(result.fullUrl, report);
    }
  }));
  const items = new Map();
  newestFirst(of('Observation').map(one => item(one, {
    name: name(one.code), time: when(one, 'effectiveDateTime', 'effectivePeriod', 'effectiveInstant', 'issued'), state: text(one.status),
    value: observed(one), number: plainNumber(one.valueQuantity), unit: text(at(one.valueQuantity, 'unit')),
    flag: text(at(one.interpretation, 'coding', 'code')) || name(list(one.interpretation)[0]), ranges: ranges(one), recognised: recognised(one),
  }))).forEach(one => {
    const report = panelOf.get(one.key);
    const said = text(one.resource.valueString);
    if (said.length > TEXT_CHARS || said.indexOf('\n') >= 0) {
      if (report) {
        report.words.push(one);
      } else {
        reports.push(Object.assign({}, one, { words: [one], files: [] }));
      }
      return;
    }
    const shared = codings(one.resource.code).filter(each => !isLocal(each.system) && !isRecognition(each.system) && each.code)[0];
    const local = codings(one.resource.code)[0];
    // Only what means the same everywhere is one line for several hospitals, and only in one unit.
    const key = [shared ? shared.system + '|' + shared.code : one.hospitals.map(each => each.id) + '|' + (local ? local.system + '|' + local.code : one.name),
      text(at(one.resource.valueQuantity, 'code')) || one.unit].join('|');
    if (!items.has(key)) {
      items.set(key, { key, name: one.name, all: [], titles: new Map() });
    }
    const line = items.get(key);
    const title = report ? report.name : '';
    line.all.push(one);
    line.titles.set(title, (line.titles.get(title) || 0) + 1);
  });
  const panels = new Map();
  items.forEach(one => {
    // Under the report that tells of it most often.
    const title = Array.from(one.titles).sort((a, b) => b[1] - a[1])[0][0];
    panels.set(title, list(panels.get(title)).concat([one]));
  });
  const documents = of('DocumentReference').map(one => item(one, {
    name: name(one.type) || text(one.description), time: when(one, 'date') || text(at(one.context, 'period', 'start')), state: text(one.docStatus) || text(one.status),
    words: [], files: attachments(list(one.content).map(each => at(each, 'attachment'))),
  }));
  return {
    panels: Array.from(panels, ([title, all]) => ({ title, all })),
    reports: newestFirst(reports.filter(one => one.words.length || one.files.length || text(one.resource.conclusion)).concat(documents)),
  };
}

function observed(one) {
  const parts = list(one.component).map(each => [name(at(each, 'code')), anyValue(each, 'value')].filter(Boolean).join(' '));
  return [anyValue(one, 'value')].concat(parts).filter(Boolean).join('；') || name(one.dataAbsentReason);
}

function plainNumber(value) {
  return text(at(value, 'comparator')) ? NaN : numeric(at(value, 'value'));
}

function ranges(one) {
  const first = list(one.referenceRange)[0];
  const bound = key => numeric(at(first, key, 'value'));
  return { text: list(one.referenceRange).map(each => text(at(each, 'text')) || range(each)).filter(Boolean).join('；'), low: bound('low'), high: bound('high') };
}

/** Items of mutual recognition, or the mark that a site writes. */
function recognised(one) {
  const items = codings(one.code).filter(each => isRecognition(each.system)).map(each => each.code);
  const mark = list(one.extension).filter(each => at(each, 'url') === EXTENSION + 'mutual-recognition').map(each => text(at(each, 'valueString')));
  return items.length || mark.length ? mark.concat(items).filter(Boolean).join(' ') || 'HR' : '';
}

/** Text as text, pictures as pictures; of anything else, what it is. */
function attachments(all) {
  return all.filter(Boolean).map(one => {
    const type = text(one.contentType).toLowerCase();
    const data = text(one.data);
    const size = Math.floor(data.length * 3 / 4);
    const file = { title: text(one.title), type, size, url: text(one.url), words: null, picture: null };
    if (data && /^text\/plain\b|^$/.test(type)) {
      file.words = decoded(data);
    } else if (data && /^(text\/(html|xml)|application\/(xhtml\+)?xml)/.test(type)) {
      file.words = wordsOf(decoded(data));
    } else if (data && /^image\/(png|jpeg|gif)$/.test(type)) {
      file.picture = 'data:' + type + ';base64,' + data.replace(/[^A-Za-z0-9+/=]/g, '');
    }
    return file;
  }).filter(one => one.words !== '' && (one.words || one.picture || one.size || one.url || one.title));
}

const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };

/** The words of a text with mark-up, to be shown as text: not even a parser gets to see what hospitals send. */
function wordsOf(markup) {
  return markup.replace(/<!--[\s\S]*?-->|<(script|style|head)\b[\s\S]*?<\/\1\s*>/gi, '').replace(/\s+/g, ' ')
    .replace(/<(br|\/p|\/div|\/tr|\/li|\/h[1-6])\b[^>]*>/gi, '\n').replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(\w+));/gi, (whole, decimal, hex, entity) => decimal ? String.fromCodePoint(Number(decimal))
      : hex ? String.fromCodePoint(parseInt(hex, 16)) : ENTITIES[entity] || whole)
    .replace(/ *\n */g, '\n').trim();
}

function decoded(base64) {
  try {
    const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
    return new TextDecoder('utf-8').decode(bytes);
  } catch (e) {
    return '';
  }
}
