// Draws what was read. Every text of a hospital becomes a text node, never mark-up.

import { FIELDS } from './fields.js';
import * as r from './record.js';
import { CATEGORY, FLAG, KIND, ROLE, SECTION, SEVERITY, STATE, STATUS, VISIT, isRecognition, system, words } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes and children; a child that is text becomes text. */
export function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(made, attributes, children) {
  Object.keys(attributes || {}).forEach(key => {
    const value = attributes[key];
    if (typeof value === 'function') {
      made.addEventListener(key, value);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? '' : value);
    }
  });
  const add = child => {
    if (Array.isArray(child)) {
      child.forEach(add);
    } else if (child !== null && child !== undefined && child !== '' && child !== false) {
      made.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  };
  add(children);
  return made;
}

/** Chinese first, English beside. */
export function both(zh, en) {
  return [zh, en ? ' ' : '', en ? el('span', { lang: 'en' }, en) : ''];
}

export function said(table, code) {
  const found = words(table, code);
  return both(found[0], found[1]);
}

function hospitals(item) {
  return el('span', { class: 'from' }, item.hospitals.map(one => one.name).join('、'));
}

/** A figure that opens its source. */
function figure(view, item, label, shown, more) {
  return el('button', Object.assign({ type: 'button', class: 'figure', 'data-k': 's ' + item.key, 'aria-haspopup': 'dialog',
    title: '查看来源 Show the source', click: () => view.open(item) }, more), shown, label ? el('span', { class: 'unseen' }, label) : '');
}

function fresh(view, item) {
  return view.isNew(item.key) ? el('span', { class: 'badge new' }, '新到 ', el('span', { lang: 'en' }, 'new')) : '';
}

function section(view, id, zh, en, count, ...content) {
  return el('section', { id, 'aria-labelledby': 'h-' + id, class: 'part' },
    el('h2', { id: 'h-' + id }, both(zh, en), count ? el('span', { class: 'count' }, String(count)) : ''),
    count && !view.agrees(id) ? withheld('；以下来自其他已授权的内容', '; what follows is of what was agreed to') : '', content, id === 'allergies' || id === 'medicines' || !count ? notHeard(view, id) : '');
}

function withheld(zh, en) {
  return el('p', { class: 'empty withheld' }, both('患者未授权此项，未查询' + zh, 'The patient has not agreed to this: not asked for' + en));
}

/** Where silence could be taken for safety, or nothing is shown: who may have something to say and was not heard. */
function notHeard(view, id) {
  const silent = view.record.sources.filter(one => !/^(answered|none)$/.test(one.status));
  return silent.length && view.asks(id) && view.agrees(id) ? el('p', { class: 'silent' }, both('可能不全', 'may be incomplete'), '：',
    silent.map((one, n) => [n ? '、' : '', one.name, '（', words(STATUS, one.status)[0], '）'])) : '';
}

/** Never "there is none": what nobody has told is not known. */
function nothing(view, id, zh, en) {
  if (!view.agrees(id)) {
    return withheld('', '');
  }
  if (!view.asks(id)) {
    return el('p', { class: 'empty' }, both('未查询此项', 'Not asked for'));
  }
  return el('p', { class: 'empty' }, both(zh, en));
}

function table(caption, heads, rows, kind) {
  return el('table', { class: kind || '' }, el('caption', { class: 'unseen' }, caption),
    el('thead', null, el('tr', null, heads.map(head => el('th', { scope: 'col' }, both(head[0], head[1]))))), rows);
}

// ---- the hospitals ----

export function sources(view) {
  const groups = Object.keys(STATUS)
    .map(status => [status, view.record.sources.filter(one => one.status === status)]).filter(group => group[1].length);
  const notAgreed = Array.from(view.record.notAgreed);
  return el('section', { id: 'sources', 'aria-labelledby': 'h-sources' },
    el('h2', { id: 'h-sources' }, both('各院答复', 'Hospitals'), el('span', { class: 'count' }, String(view.record.sources.length))),
    view.record.sources.length ? '' : el('p', { class: 'empty' }, both('没有向任何医院查询：全市索引中没有其他医院认识该患者', 'No hospital was asked: none other knows this patient')),
    groups.length || notAgreed.length ? el('ul', null, groups.map(([status, all]) => el('li', { class: 'status ' + status },
      el('span', { class: 'sign', 'aria-hidden': 'true' }, STATUS[status][2]), el('strong', null, both(STATUS[status][0], STATUS[status][1])),
      /^(timeout|city)$/.test(status) && !view.complete ? both('（仍在等待）', 'still waiting') : '',
      ' ', el('span', { class: 'names' }, all.map((one, n) => [n ? '、' : '', one.name, one.count ? ' ' + one.count : '', one.why ? '（' + one.why + '）' : ''])))),
      notAgreed.length ? el('li', { class: 'status withheld' }, el('span', { class: 'sign', 'aria-hidden': 'true' }, '⊘'),
        el('strong', null, both('患者未授权，未查询', 'not agreed to by the patient, not asked for')), ' ', notAgreed.map((one, n) => [n ? '、' : '', said(SECTION, one)])) : '') : '');
}

// ---- left ----

export function allergies(view) {
  const all = view.record.allergies;
  return section(view, 'allergies', '过敏', 'Allergies', all.filter(one => !one.denied && !one.inactive).length,
    all.length ? table('过敏 Allergies', [['过敏原', 'substance'], ['反应', 'reaction'], ['医院', 'hospital']],
      el('tbody', null, all.map(one => el('tr', { class: one.denied || one.inactive ? 'past' : one.severe ? 'severe' : '' },
        el('th', { scope: 'row' }, figure(view, one, '', one.name || '不详'), fresh(view, one),
          one.denied ? el('span', { class: 'tag' }, both('否认', 'denied')) : one.severe ? el('span', { class: 'badge grave' }, '⚠ ', both('高危', 'high risk')) : '',
          one.inactive && !one.denied ? el('span', { class: 'tag' }, said(STATE, 'inactive')) : ''),
        el('td', null, one.reactions.map(reaction => el('span', { class: 'line' }, reaction.what,
          reaction.severity ? el('span', { class: 'tag' }, said(SEVERITY, reaction.severity)) : ''))),
        el('td', null, hospitals(one))))))
      : nothing(view, 'allergies', '没有收到过敏记录；这不等于没有过敏', 'No allergy record received, which does not mean no allergy'));
}

const WHY_OVER = {
  once: ['已执行', 'done'], completed: ['已完成', 'completed'], stopped: ['已停', 'stopped'], cancelled: ['已取消', 'cancelled'],
  course: ['疗程已过', 'course over'], stay: ['所属就诊已结束', 'visit over'], 'entered-in-error': ['误录', 'entered in error'],
  'not-done': ['未执行', 'not done'],
};

function medicineRows(view, all) {
  return el('tbody', null, all.map(one => el('tr', { class: one.over ? 'past' : '' },
    el('th', { scope: 'row' }, figure(view, one, '', one.name || '不详'), fresh(view, one),
      one.state === 'on-hold' ? el('span', { class: 'tag' }, said(STATE, 'on-hold')) : '', el('span', { class: 'dose' }, one.dosage)),
    el('td', null, el('span', { class: 'nowrap' }, r.day(one.start), one.end > 0 ? ' – ' + lastDay(one) : ''),
      el('span', { class: 'note' }, said(KIND, one.resource.resourceType), one.dispensed && one.dispensed.length ? both('，已发药', 'dispensed') : '',
        one.over ? ['，', words(WHY_OVER, one.over)[0]] : '')),
    el('td', null, hospitals(one)))));
}

/** The last day it is taken; the year only where it is another. */
function lastDay(one) {
  const day = r.clock(one.end - 1).slice(0, 10);
  return day.slice(0, 4) === r.day(one.start).slice(0, 4) ? day.slice(5) : day;
}

export function medicines(view) {
  const { current, earlier } = view.record.medicines;
  const heads = [['药品与用法', 'medicine and use'], ['起止', 'from – to'], ['医院', 'hospital']];
  return section(view, 'medicines', '当前用药', 'Current drugs', current.length,
    current.length ? table('当前用药 Current drugs', heads, medicineRows(view, current))
      : nothing(view, 'medicines', earlier.length ? '没有仍在使用的药品' : '没有收到用药记录', earlier.length ? 'None still being taken' : 'No drug record received'),
    earlier.length ? view.fold('earlier', both('既往用药 ' + earlier.length, 'earlier'), () => table('既往用药 Earlier drugs', heads, medicineRows(view, earlier))) : '');
}

export function diagnoses(view) {
  const all = view.record.diagnoses;
  return section(view, 'diagnoses', '诊断', 'Diagnoses', all.length,
    all.length ? table('诊断 Diagnoses', [['诊断', 'diagnosis'], ['日期', 'date'], ['医院', 'hospital']],
      el('tbody', null, all.map(group => el('tr', { class: group.all[0].doubt === 'refuted' ? 'past' : '' },
        el('th', { scope: 'row' }, figure(view, group.all[0], '', group.name || '不详'), fresh(view, group.all[0]),
          group.code ? el('span', { class: 'code' }, group.code.code) : '',
          group.all[0].doubt && group.all[0].doubt !== 'confirmed' ? el('span', { class: 'tag' }, said(STATE, group.all[0].doubt)) : ''),
        el('td', null, group.all.map((one, n) => el('span', { class: 'nowrap line' },
          n ? figure(view, one, ' ' + group.name, r.day(one.time) || '日期不详') : r.day(one.time),
          one.role ? el('span', { class: 'note' }, ' ' + words(ROLE, one.role)[0]) : ''))),
        el('td', null, el('span', { class: 'from' }, distinct(group.all).join('、')))))))
      : nothing(view, 'diagnoses', '没有收到诊断', 'No diagnosis received'));
}

function distinct(items) {
  return Array.from(new Set([].concat(...items.map(one => one.hospitals.map(each => each.name)))));
}

export function procedures(view) {
  const all = view.record.procedures;
  return section(view, 'procedures', '手术操作', 'Operations', all.length,
    all.length ? table('手术操作 Operations', [['手术操作', 'operation'], ['时间', 'time'], ['医院', 'hospital']],
      el('tbody', null, all.map(one => el('tr', null,
        el('th', { scope: 'row' }, figure(view, one, '', one.name || '不详'), fresh(view, one),
          r.codings(one.resource.code).slice(0, 1).map(each => el('span', { class: 'code' }, each.code))),
        el('td', null, one.shown, one.by ? el('span', { class: 'note' }, one.by) : ''), el('td', null, hospitals(one))))))
      : nothing(view, 'procedures', '没有收到手术操作', 'No operation received'));
}

// ---- visits ----

const LANE = 26;
const LEFT = 176;
const WIDTH = 900;

export function visits(view) {
  const all = view.record.visits;
  const rows = list => el('tbody', null, list.map(one => el('tr', null,
    el('th', { scope: 'row', class: 'nowrap' }, el('span', { 'aria-hidden': 'true', class: 'shape' }, SHAPE[shapeOf(one)]), figure(view, one, '', said(VISIT, one.kind)), fresh(view, one)),
    el('td', null, one.department), el('td', { class: 'nowrap' }, span(one)), el('td', null, one.reason), el('td', null, hospitals(one)))));
  const heads = [['类别', 'kind'], ['科室', 'department'], ['起止', 'from – to'], ['原因', 'reason'], ['医院', 'hospital']];
  return section(view, 'visits', '就诊时间线', 'Visits', all.length,
    all.length ? [timeline(view, all), table('就诊 Visits', heads, rows(all.slice(0, 5))),
      all.length > 5 ? view.fold('visits', both('更多就诊 ' + (all.length - 5), 'more'), () => table('更多就诊 More visits', heads, rows(all.slice(5)))) : '']
      : nothing(view, 'visits', '没有收到就诊记录', 'No visit received'));
}

function span(visit) {
  const start = r.shortTime(r.at(visit.resource.period, 'start'));
  const end = r.shortTime(r.at(visit.resource.period, 'end'));
  return visit.kind === 'AMB' && start ? start : (start || '不详') + ' – ' + (end || (visit.state === 'in-progress' ? '在院' : ''));
}

function shapeOf(visit) {
  return /^(IMP|ACUTE|NONAC|SS|OBSENC|HH)$/.test(visit.kind) ? 'stay' : visit.kind === 'EMER' ? 'emergency' : 'visit';
}

const SHAPE = { stay: '▬', emergency: '▲', visit: '●' };

function timeline(view, all) {
  const first = r.moment(view.since);
  const last = r.moment(view.until) + 24 * 3600 * 1000;
  const x = time => LEFT + Math.min(1, Math.max(0, (time - first) / (last - first))) * (WIDTH - LEFT - 8);
  const lanes = new Map();
  all.forEach(one => one.hospitals.forEach(each => {
    if (!lanes.has(each.id)) {
      lanes.set(each.id, { name: each.name, all: [] });
    }
    lanes.get(each.id).all.push(one);
  }));
  const height = lanes.size * LANE + 22;
  const drawn = svg('svg', { viewBox: '0 0 ' + WIDTH + ' ' + height, class: 'timeline', role: 'img',
    'aria-label': '就诊时间线，内容与下表相同 Time line of the visits listed below' });
  for (let month = new Date(first + 8 * 3600 * 1000); month.getTime() < last; month.setUTCMonth(month.getUTCMonth() + 1, 1)) {
    const at = x(month.getTime() - 8 * 3600 * 1000);
    drawn.appendChild(svg('line', { x1: at, x2: at, y1: 0, y2: height - 18, class: 'grid' }));
    const next = x(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1) - 8 * 3600 * 1000);
    if (next - at > 50) {
      drawn.appendChild(svg('text', { x: at + 3, y: height - 5, class: 'axis' }, month.toISOString().slice(0, 7)));
    }
  }
  let y = 0;
  lanes.forEach(lane => {
    const middle = y + LANE / 2;
    drawn.appendChild(svg('line', { x1: LEFT, x2: WIDTH - 8, y1: middle, y2: middle, class: 'lane' }));
    drawn.appendChild(svg('text', { x: 0, y: middle + 4, class: 'name' }, lane.name.length > 13 ? lane.name.slice(0, 12) + '…' : lane.name));
    lane.all.forEach(one => {
      const from = isNaN(one.start) ? one.end : one.start;
      if (!isNaN(from)) {
        drawn.appendChild(mark(shapeOf(one), x(from), x(isNaN(one.end) ? (one.state === 'in-progress' ? last : from) : one.end), middle, one));
      }
    });
    y += LANE;
  });
  return el('div', { class: 'drawing' }, drawn, el('p', { class: 'legend', 'aria-hidden': 'true' }, '▬ 住院 ● 门诊 ▲ 急诊'));
}

function mark(shape, from, to, y, visit) {
  const title = svg('title', null, [words(VISIT, visit.kind)[0], visit.department, span(visit)].filter(Boolean).join(' '));
  return shape === 'stay' ? svg('rect', { x: from, y: y - 6, width: Math.max(6, to - from), height: 12, rx: 2, class: 'stay' }, title)
    : shape === 'emergency' ? svg('path', { d: 'M' + (from - 6) + ' ' + (y + 5) + 'h12l-6 -11z', class: 'emergency' }, title)
    : svg('circle', { cx: from, cy: y, r: 5, class: 'visit' }, title);
}

// ---- results ----

function flag(one) {
  const found = words(FLAG, one.flag);
  return one.flag && (found.length < 4 || found[0]) ? el('span', { class: found[3] || found.length < 4 ? 'flag off' : 'flag' },
    el('span', { 'aria-hidden': 'true' }, found.length < 4 ? '' : found[0]), el('span', null, found.length < 4 ? found[0] : found[1])) : '';
}

export function isAbnormal(one) {
  const found = words(FLAG, one.flag);
  return one.flag !== '' && (found.length < 4 || found[3]) || outside(one);
}

function outside(one) {
  return one.number < one.ranges.low || one.number > one.ranges.high;
}

function recognised(one) {
  return one.recognised ? el('span', { class: 'badge hr', title: '检验检查结果互认标识 Mark of mutual recognition' }, 'HR', el('span', { class: 'unseen' }, ' 互认')) : '';
}

export function results(view) {
  const needle = view.filter.toLowerCase();
  const panels = view.record.panels.map(panel => ({ title: panel.title,
    all: panel.all.filter(one => (!needle || (one.name + panel.title).toLowerCase().indexOf(needle) >= 0) && (!view.abnormal || one.all.some(isAbnormal))) }))
    .filter(panel => panel.all.length);
  const count = view.record.panels.reduce((sum, panel) => sum + panel.all.length, 0);
  return section(view, 'results', '检验检查结果', 'Results', count,
    count ? el('div', { class: 'filter', role: 'search', 'aria-label': '筛选结果 Filter the results' },
      el('label', null, both('项目', 'item'), ' ', el('input', { type: 'search', 'data-k': 'filter', value: view.filter, input: view.onFilter })),
      el('label', null, el('input', { type: 'checkbox', 'data-k': 'abnormal', checked: view.abnormal, change: view.onAbnormal }), ' ', both('只看异常', 'abnormal only'))) : '',
    !count ? nothing(view, 'results', '没有收到结果', 'No result received')
      : panels.length ? table('检验检查结果，按报告分组 Results by report',
        [['项目', 'item'], ['最近结果', 'latest'], ['参考范围', 'reference'], ['走势', 'trend'], ['时间', 'time'], ['医院', 'hospital']],
        panels.map(panel => el('tbody', null, el('tr', { class: 'panel' }, el('th', { colspan: 6, scope: 'rowgroup' }, panel.title || both('不属于报告的结果', 'not of a report'))),
          panel.all.map(one => resultRows(view, one)))), 'results')
        : el('p', { class: 'empty' }, both('没有符合筛选条件的结果', 'No result passes the filter')));
}

function amount(one) {
  const unit = ' ' + one.unit;
  return one.unit && one.value.endsWith(unit) ? [one.value.slice(0, -unit.length), el('span', { class: 'unit' }, unit)] : one.value || '—';
}

function resultRows(view, item) {
  const latest = item.all[0];
  const several = item.all.length > 1;
  const open = several && view.isOpen(item.key);
  const id = 'd-' + view.number(item.key);
  return [el('tr', { class: isAbnormal(latest) ? 'off' : '' },
    el('th', { scope: 'row' }, several ? el('button', { type: 'button', class: 'more', 'data-k': 'm ' + item.key, 'aria-expanded': String(open),
      'aria-controls': open ? id : null, click: () => view.toggle(item.key) }, el('span', { 'aria-hidden': 'true', class: 'turn' }, open ? '▾' : '▸'), item.name || '不详',
      el('span', { class: 'note' }, ' ×' + item.all.length)) : el('span', { class: 'single' }, item.name || '不详'), recognised(latest)),
    el('td', { class: 'value' }, figure(view, latest, ' ' + item.name, amount(latest)), flag(latest), fresh(view, latest),
      latest.state && latest.state !== 'final' ? el('span', { class: 'tag' }, said(STATE, latest.state)) : ''),
    el('td', null, latest.ranges.text), el('td', { class: 'trend' }, chart(item, 120, 28)),
    el('td', { class: 'nowrap' }, r.shortTime(latest.time)), el('td', null, hospitals(latest))),
    open ? el('tr', { class: 'detail', id }, el('td', { colspan: 6 }, chart(item, 560, 120),
      table(item.name + ' 全部结果 all results', [['时间', 'time'], ['结果', 'result'], ['参考范围', 'reference'], ['状态', 'status'], ['医院', 'hospital']],
        el('tbody', null, item.all.map((one, n) => el('tr', null, el('th', { scope: 'row', class: 'nowrap' }, r.shortTime(one.time) || '不详'),
          el('td', { class: 'value' }, figure(view, one, ' ' + item.name, amount(one), { 'data-k': 'a' + n + ' ' + one.key }), flag(one), recognised(one)),
          el('td', null, one.ranges.text), el('td', null, said(STATE, one.state)), el('td', null, hospitals(one)))))))) : ''];
}

/** Numbers over time with the reference range behind them; out of range is a square, within a dot. */
function chart(item, width, height) {
  const points = item.all.filter(one => !isNaN(one.number) && !isNaN(r.moment(one.time))).reverse();
  if (points.length < 2) {
    return '';
  }
  const { low, high } = item.all[0].ranges;
  const values = points.map(one => one.number).concat([low, high].filter(one => !isNaN(one)));
  const least = Math.min(...values);
  const most = Math.max(...values);
  const times = points.map(one => r.moment(one.time));
  const edge = 6;
  const large = height > 60;
  const x = n => edge + (times[n] - times[0]) / (times[times.length - 1] - times[0] || 1) * (width - 2 * edge - (large ? 70 : 0));
  const y = value => height - edge - (value - least) / (most - least || 1) * (height - 2 * edge - (large ? 12 : 0));
  const drawn = svg('svg', { viewBox: '0 0 ' + width + ' ' + height, width, height, class: large ? 'chart large' : 'chart', role: 'img',
    'aria-label': item.name + ' ' + points.length + ' 次：' + points.map(one => r.day(one.time) + ' ' + one.value).join('，')
      + (item.all[0].ranges.text ? '；参考范围 ' + item.all[0].ranges.text : '') });
  if (!isNaN(low) || !isNaN(high)) {
    const top = isNaN(high) ? edge / 2 : y(high);
    const bottom = isNaN(low) ? height - edge / 2 : y(low);
    drawn.appendChild(svg('rect', { x: 0, y: top, width: large ? width - 70 : width, height: Math.max(1, bottom - top), class: 'range' }));
    if (large) {
      [low, high].filter(one => !isNaN(one)).forEach(one => drawn.appendChild(svg('text', { x: width - 66, y: y(one) + 4, class: 'axis' }, String(one))));
    }
  }
  drawn.appendChild(svg('polyline', { points: points.map((one, n) => x(n) + ',' + y(one.number)).join(' '), class: 'trend' }));
  points.forEach((one, n) => {
    const size = n === points.length - 1 ? 3.5 : 2.5;
    drawn.appendChild(isAbnormal(one) ? svg('rect', { x: x(n) - size, y: y(one.number) - size, width: 2 * size, height: 2 * size, class: 'point off' })
      : svg('circle', { cx: x(n), cy: y(one.number), r: size, class: 'point' }));
    if (large) {
      drawn.appendChild(svg('text', { x: x(n), y: y(one.number) - 8, class: 'axis', 'text-anchor': n ? 'middle' : 'start' }, r.text(r.at(one.resource.valueQuantity, 'value'))));
    }
  });
  return drawn;
}

// ---- reports ----

export function reports(view) {
  const all = view.record.reports;
  return section(view, 'reports', '报告文书', 'Reports', all.length,
    all.length ? all.map(one => el('article', { class: 'report', 'aria-labelledby': 'r-' + view.number(one.key) },
      el('h3', { id: 'r-' + view.number(one.key) }, figure(view, one, '', one.name || '报告'), fresh(view, one),
        el('span', { class: 'note' }, [r.shortTime(one.time), ' · ', said(STATE, one.state), ' · '], hospitals(one))),
      view.fold('r ' + one.key, both('正文', 'text'), () => el('div', { class: 'text' },
        one.resource.conclusion ? el('p', null, el('strong', null, both('结论', 'conclusion'), '：'), r.text(one.resource.conclusion)) : '',
        one.words.map(each => el('div', null, one.key === each.key ? '' : el('h4', null, each.name), el('p', null, r.text(each.resource.valueString)))),
        one.files.map(attachment)), view.isFirstReport(one))))
      : nothing(view, 'reports', '没有收到报告文书', 'No report received'));
}

function attachment(file) {
  return file.words ? el('div', null, file.title ? el('h4', null, file.title) : '', el('p', null, file.words))
    : file.picture ? el('img', { src: file.picture, alt: file.title || '报告图片 picture of the report' })
    : el('p', { class: 'note' }, [file.title, file.type, file.size ? Math.ceil(file.size / 1024) + ' KB' : ''].filter(Boolean).join(' · '), ' — ',
      both('此页不显示这种附件，请向出具医院调取', 'This page does not show it; ask the hospital it is from'));
}

// ---- the source of a figure ----

/** Every element of a resource that the page shows, with the fields it is made of. */
function elements(item, view) {
  const one = item.resource;
  const type = one.resourceType;
  const rows = {
    code: type === 'DocumentReference' ? '' : r.name(one.code), type: r.name(one.type), medication: r.name(one.medicationCodeableConcept),
    category: type === 'AllergyIntolerance' ? r.list(one.category).map(each => words(CATEGORY, r.text(each))[0]).join('、') : r.names(one.category),
    criticality: one.criticality === 'high' ? '高危 high' : r.text(one.criticality),
    reaction: (item.reactions || []).map(each => [each.what, words(SEVERITY, each.severity)[0]].filter(Boolean).join(' ')).join('；'),
    value: type === 'Observation' ? item.value : '', interpretation: r.names(one.interpretation) || r.text(r.at(one.interpretation, 'coding', 'code')),
    referenceRange: item.ranges ? item.ranges.text : '', effective: r.anyValue(one, 'effective'), performed: r.anyValue(one, 'performed'),
    onset: r.anyValue(one, 'onset'), recordedDate: r.shortTime(one.recordedDate), authoredOn: r.shortTime(one.authoredOn), issued: r.shortTime(one.issued),
    date: type === 'DocumentReference' ? r.shortTime(one.date) : '', whenHandedOver: r.shortTime(one.whenHandedOver),
    identifier: type === 'Encounter' ? item.number : '', class: type === 'Encounter' ? words(VISIT, item.kind)[0] : '', serviceType: r.name(one.serviceType),
    period: r.period(one.period), reasonCode: r.names(one.reasonCode),
    location: r.list(one.location).map(each => r.text(r.at(view.record.target(r.at(each, 'location')), 'name'))).filter(Boolean).join('；'),
    participant: r.list(one.participant).map(each => r.person(view.record.target(r.at(each, 'individual')))).filter(Boolean).join('、'),
    dose: dosages(one).map(each => r.quantity(r.at(each, 'doseAndRate', 'doseQuantity')) || r.quantity(r.at(each, 'dose'))).filter(Boolean).join('；'),
    timing: dosages(one).map(each => [r.name(r.at(each, 'timing', 'code')), bounds(r.at(each, 'timing', 'repeat'))].filter(Boolean).join(' · '))
      .filter(Boolean).join('；'),
    route: dosages(one).map(each => r.name(r.at(each, 'route'))).filter(Boolean).join('；'),
    dosageText: dosages(one).map(each => r.text(r.at(each, 'text'))).filter(Boolean).join('；'),
    quantity: r.quantity(one.quantity) || r.quantity(r.at(one.dispenseRequest, 'quantity')),
    requester: r.person(view.record.target(one.requester)),
    performer: performers(one, view),
    author: r.list(one.author).map(each => r.person(view.record.target(each))).filter(Boolean).join('、'),
    resultsInterpreter: r.list(one.resultsInterpreter).map(each => r.person(view.record.target(each))).filter(Boolean).join('、'),
    method: r.name(one.method), clinicalStatus: words(STATE, r.text(r.at(one.clinicalStatus, 'coding', 'code')))[0],
    verificationStatus: words(STATE, r.text(r.at(one.verificationStatus, 'coding', 'code')))[0],
    status: words(STATE, r.text(one.status))[0], docStatus: words(STATE, r.text(one.docStatus))[0], description: r.text(one.description),
    content: (item.files || []).map(file => file.title || file.type).filter(Boolean).join('；'),
    note: r.list(one.note).map(each => r.text(r.at(each, 'text'))).filter(Boolean).join('；'),
  };
  const fields = FIELDS[type] || {};
  return Object.keys(fields).filter(key => rows[key]).map(key => ({ key, value: rows[key], fields: fields[key] }));
}

/** From when to when, or how long. */
function bounds(repeat) {
  const length = r.quantity(r.at(repeat, 'boundsDuration'));
  return r.period(r.at(repeat, 'boundsPeriod')) || (length && '共 ' + length);
}

/** Not the hospital itself, which the summary names where no message does. */
function performers(one, view) {
  return r.list(one.performer).map(each => view.record.target(each.actor || each)).filter(who => who && r.at(who.identifier, 'system') !== 'urn:emr-gateway:hospital')
    .map(r.person).filter(Boolean).join('、');
}

function dosages(one) {
  return r.list(one.dosageInstruction).concat(r.list(one.dosage));
}

const LABEL = {
  code: ['项目', 'code'], type: ['类型', 'type'], medication: ['药品', 'medicine'], category: ['类别', 'category'], criticality: ['危险程度', 'criticality'],
  reaction: ['反应', 'reaction'], value: ['结果', 'value'], interpretation: ['异常标志', 'flag'], referenceRange: ['参考范围', 'reference range'],
  effective: ['时间', 'time'], performed: ['时间', 'time'], onset: ['起病', 'onset'], recordedDate: ['记录日期', 'recorded'], authoredOn: ['开立时间', 'ordered'],
  issued: ['报告时间', 'reported'], date: ['日期', 'date'], whenHandedOver: ['发药时间', 'handed over'], identifier: ['就诊号', 'visit number'],
  class: ['就诊类别', 'kind'], serviceType: ['科室', 'department'], period: ['起止', 'from – to'], reasonCode: ['原因', 'reason'], location: ['地点', 'place'],
  participant: ['医生', 'doctors'], dose: ['剂量', 'dose'], timing: ['频次', 'frequency'], route: ['途径', 'route'], dosageText: ['用法说明', 'instruction'],
  quantity: ['数量', 'quantity'], requester: ['开立人', 'ordered by'], performer: ['执行者', 'performer'], author: ['作者', 'author'],
  resultsInterpreter: ['报告人', 'interpreted by'], method: ['方法', 'method'], clinicalStatus: ['临床状态', 'clinical status'],
  verificationStatus: ['核实状态', 'verification'], status: ['状态', 'status'], docStatus: ['文书状态', 'document status'], description: ['说明', 'description'],
  content: ['内容', 'content'], note: ['备注', 'note'], diagnosis: ['诊断', 'diagnosis'],
};

const CODED = ['code', 'type', 'medicationCodeableConcept', 'serviceType'];

/** What the dialog says of one figure: whose it is, in which words, out of which fields, and whether it was verified. */
export function source(view, item) {
  const one = item.resource;
  const visit = one.resourceType === 'Encounter' ? null : view.record.visitOf(one);
  const codes = [].concat(...CODED.map(key => r.codings(one[key])));
  const title = item.name || words(VISIT, item.kind)[0] || '不详';
  return [el('header', null, el('h2', { id: 'source-title' }, both('来源', 'Source'), '：', title),
    el('button', { type: 'button', class: 'tool', click: view.close, autofocus: true }, both('关闭', 'Close'))),
  el('dl', null,
    el('dt', null, both('医院', 'hospital')), el('dd', null, item.hospitals.map(each => el('p', null, each.name, ' ', el('code', null, each.id)))),
    visit ? [el('dt', null, both('就诊', 'visit')), el('dd', null, [said(VISIT, r.text(r.at(visit.class, 'code'))), ' · ', r.name(visit.serviceType), ' · ', r.period(visit.period) || '时间不详',
      ' · ', both('就诊号', 'no.'), ' ', r.text(r.at(visit.identifier, 'value'))])] : '',
    el('dt', null, both('签名核验', 'signature')), el('dd', null, item.hospitals.map(each => el('p', { class: 'verified' }, el('span', { 'aria-hidden': 'true' }, '✓ '),
      item.hospitals.length > 1 ? each.name + '：' : '', both('签名有效：本网关已按该院证书核验，患者与时间范围相符', "valid: checked against that hospital's certificate, the patient and the window"),
      statusOf(view, each) === 'city' ? both('；该院未答复，由市平台代为提供，最新资料可能缺', "; given by the city for a hospital that did not answer, the newest may be missing") : ''))),
    item.recognised ? [el('dt', null, both('互认标识', 'HR mark')), el('dd', null, recognised(item), ' ', item.recognised)] : '',
    r.text(r.at(one.meta, 'lastUpdated')) ? [el('dt', null, both('医院最近报告', 'last told')), el('dd', null, r.shortTime(r.at(one.meta, 'lastUpdated')))] : ''),
  codes.length ? table('代码 Codes', [['编码系统', 'system'], ['代码', 'code'], ['名称', 'name']], el('tbody', null, codes.map(code => el('tr', null,
    el('th', { scope: 'row' }, systemName(code, item)), el('td', null, el('code', null, code.code)), el('td', null, code.display)))), 'plain') : '',
  table('内容与 HL7 字段 Content and HL7 fields', [['内容', 'content'], ['值', 'value'], ['HL7 v2 字段', 'field']], el('tbody', null, elements(item, view).map(each =>
    el('tr', null, el('th', { scope: 'row' }, both(LABEL[each.key][0], LABEL[each.key][1])), el('td', null, each.value), el('td', null, el('code', null, each.fields.join(' / ')))))), 'plain'),
  el('p', { class: 'small' }, both('字段按网关的标准映射列出；医院可有自己的规则。', "Fields as the shipped mapping reads them; a hospital may have rules of its own."))];
}

function statusOf(view, hospital) {
  return view.record.sources.filter(one => one.id === hospital.id).map(one => one.status)[0];
}

function systemName(code, item) {
  const known = system(code.system);
  const own = item.hospitals.filter(each => code.system.indexOf('urn:emr-gateway:' + each.id + ':') === 0)[0];
  return [known ? both(known[0], known[1]) : r.isLocal(code.system) ? [own ? own.name : '', both('院内代码', 'local code')] : el('code', null, code.system),
    code.version ? el('span', { class: 'note' }, ' ' + code.version) : '', isRecognition(code.system) ? ' HR' : ''];
}
