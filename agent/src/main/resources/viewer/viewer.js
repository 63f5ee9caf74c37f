// The page: asks, shows, asks for what came late, and closes itself when nobody sits in front of it.

import { allergies, both, diagnoses, el, medicines, procedures, reports, results, source, sources, visits } from './parts.js';
import { at, list, parse, read, text } from './record.js';
import { GENDER, words } from './words.js';

const ADDRESS = location.pathname.replace(/\/$/, '');
const POLL = 3000;
const WATCH = 4000;
const POLLS_UNTIL = 10 * 60 * 1000;
const IDLE = 15 * 60 * 1000;
const HERE = 60 * 1000;
const REPORTS_OPEN = 2;
/** Sections of the document by the part of the page that shows them. */
const ASKED = { allergies: '48765-2', medicines: '10160-0', diagnoses: '11450-4', procedures: '47519-4', results: '30954-2', reports: '30954-2', visits: '46240-8' };

/** Sections of a consent by the part of the page that shows them, where they have other names. */
const SECTION = { medicines: 'medications' };

const begun = Date.now();
let tag = null;
let told = null;
let offset = 0;
let over = false;
let active = Date.now();
let hereTold = Date.now();
let known = null;
let late = new Set();
const open = new Map();
const numbers = new Map();
/** What makes the content of something folded. */
const folds = new WeakMap();
let unfolded = [];

const view = {
  record: null, complete: false, since: '', until: '', filter: '', abnormal: false,
  open: item => show(item),
  close: () => byId('source').close(),
  isNew: key => late.has(key),
  asks: id => view.record.asked.has(ASKED[id]),
  agrees: id => !view.record.notAgreed.has(SECTION[id] || id),
  isOpen: key => open.get(key) === true,
  toggle: key => {
    open.set(key, !open.get(key));
    draw();
  },
  number: key => {
    if (!numbers.has(key)) {
      numbers.set(key, numbers.size);
    }
    return numbers.get(key);
  },
  isFirstReport: one => view.record.reports.indexOf(one) < REPORTS_OPEN,
  /** Something that opens and stays as it was left; what is in it is made when it opens. */
  fold: (key, label, content, atFirst) => {
    const isOpen = open.has(key) ? open.get(key) : atFirst === true;
    const inside = el('div', null, isOpen ? content() : '');
    const made = () => inside.firstChild || inside.appendChild(content());
    const fold = el('details', { open: isOpen, toggle: event => {
      if (unfolded.indexOf(fold) < 0) {
        open.set(key, event.target.open);
      }
      made();
    } }, el('summary', { 'data-k': 'f ' + key }, label), inside);
    folds.set(fold, made);
    return fold;
  },
  onFilter: event => {
    view.filter = event.target.value;
    draw();
  },
  onAbnormal: event => {
    view.abnormal = event.target.checked;
    draw();
  },
};

function byId(id) {
  return document.getElementById(id);
}

function put(id, ...children) {
  const place = byId(id);
  while (place.firstChild) {
    place.removeChild(place.firstChild);
  }
  const holder = el('div', null, children);
  while (holder.firstChild) {
    place.appendChild(holder.firstChild);
  }
}

function now() {
  return Date.now() + offset;
}

function stamp() {
  return new Date(now() + 8 * 3600 * 1000).toISOString().slice(0, 19).replace('T', ' ') + ' +08:00';
}

// ---- asking ----

async function ask() {
  let answer;
  try {
    const response = await fetch(ADDRESS + '/data', { credentials: 'same-origin', cache: 'no-store', headers: tag ? { 'If-None-Match': tag } : {} });
    if (over) {
      return;
    }
    if (response.status === 304) {
      later();
      return;
    }
    answer = parse(await response.text());
    if (response.status === 503) {
      setTimeout(ask, 1000);
      return;
    }
    if (answer.outcome === 'shown') {
      tag = response.headers.get('ETag');
    }
  } catch (e) {
    failed();
    return;
  }
  if (over) {
    return;
  }
  if (answer.outcome === 'shown') {
    try {
      shown(answer);
    } catch (e) {
      end({ outcome: 'failed', textZh: '资料无法显示', text: 'The records cannot be shown', remedyZh: '请重试；持续出现请告知信息科，并报上代码',
        remedy: 'Try again; if it stays, tell the operator the code', code: 'viewer.cannot-show' });
    }
  } else if (view.record && isPassing(answer)) {
    news('后到的答复暂时取不到', 'What comes late cannot be had at the moment');
    later();
  } else {
    end(answer);
  }
}

/** What may be otherwise in a moment; a withdrawal never is. */
function isPassing(answer) {
  return answer.outcome === 'failed' || answer.code === 'lookup.too-many' || answer.code === 'viewer.internal';
}

/** While something may come, and then to hear whether the patient has withdrawn what is shown. */
function later() {
  if (!over) {
    setTimeout(ask, !view.complete && Date.now() - begun < POLLS_UNTIL ? POLL : WATCH);
  }
}

function failed() {
  if (view.record) {
    news('与网关的连接中断，正在重试', 'The gateway cannot be reached, trying again');
    setTimeout(ask, POLL);
    return;
  }
  card('无法连接网关', 'The gateway cannot be reached', '请检查网络后重试', 'Check the network and try again', '', true);
}

function shown(answer) {
  told = answer;
  offset = Date.parse(answer.now) - Date.now();
  const before = view.record;
  view.record = read(answer.document, now());
  view.complete = answer.complete;
  view.since = answer.since;
  view.until = answer.until;
  const keys = new Set(list(at(answer.document, 'entry')).map(entry => text(at(entry, 'fullUrl'))));
  if (known) {
    keys.forEach(key => {
      if (!known.has(key)) {
        late.add(key);
      }
    });
  }
  known = keys;
  head();
  draw();
  if (before) {
    const answered = one => one.status === 'answered' || one.status === 'in-part';
    const silent = new Set(before.sources.filter(one => !answered(one)).map(one => one.id));
    const come = view.record.sources.filter(one => answered(one) && silent.has(one.id)).map(one => one.name);
    news(come.length ? come.join('、') + ' 的资料已到' : '各院答复有更新', come.length ? 'records have come' : 'Answers have changed');
  } else {
    news('资料已显示', 'The records are shown');
  }
  later();
}

// ---- drawing ----

function head() {
  const who = view.record.patient;
  const age = /^\d{4}-\d{2}-\d{2}$/.test(who.born) ? years(who.born) : '';
  put('who', el('h1', null, who.name || '姓名不详'), el('p', null, [words(GENDER, who.gender)[0], age !== '' ? age + ' 岁' : '', who.born,
    who.number ? '身份证 ' + who.number : ''].filter(Boolean).join(' · ')));
  put('ground', el('p', null, both('查阅', 'by'), ' ', told.doctor.name, '（', told.doctor.id, '）· ', told.department, view.record.asking ? ' · ' + view.record.asking : ''),
    el('p', { class: 'small' }, both('就诊号', 'visit'), ' ', told.encounter, ' · ', both('工作站', 'workstation'), ' ', told.workstation, ' · ', view.since, ' – ', view.until));
  put('tools', el('button', { type: 'button', class: 'tool', 'data-k': 'print', click: print }, both('打印', 'Print')),
    el('button', { type: 'button', class: 'tool', 'data-k': 'close', click: leave }, both('关闭', 'Close')));
}

function years(born) {
  const today = new Date(now() + 8 * 3600 * 1000).toISOString().slice(0, 10);
  return Number(today.slice(0, 4)) - Number(born.slice(0, 4)) - (today.slice(5) < born.slice(5) ? 1 : 0);
}

function draw() {
  const focused = document.activeElement && document.activeElement.getAttribute('data-k');
  const caret = focused === 'filter' ? document.activeElement.selectionStart : null;
  put('main', emergency(), sources(view),
    el('div', { class: 'columns' },
      el('div', { class: 'left' }, allergies(view), medicines(view), diagnoses(view), procedures(view)),
      el('div', { class: 'right' }, visits(view), results(view), reports(view))),
    printed());
  if (focused) {
    const same = Array.from(document.querySelectorAll('[data-k]')).filter(one => one.getAttribute('data-k') === focused)[0];
    if (same) {
      same.focus();
      if (caret !== null) {
        same.setSelectionRange(caret, caret);
      }
    }
  }
}

function emergency() {
  return told.emergency ? el('section', { class: 'emergency', 'aria-labelledby': 'h-emergency' },
    el('h2', { id: 'h-emergency' }, '⚠ ', both('紧急调阅：未经患者授权，当日复核', 'Emergency access without consent, reviewed the same day')),
    el('p', null, both('理由', 'reason'), '：', told.emergency.reason, ' · ', both('第二确认人', 'confirmed by'), '：', told.emergency.second.name, '（', told.emergency.second.id, '）')) : '';
}

/** Who printed it and when: at the end of the text, and across every page. */
function printed() {
  return el('p', { class: 'printed' }, both('打印', 'Printed by'), '：', told.doctor.name, '（', told.doctor.id, '）', told.department, ' · ',
    both('工作站', 'workstation'), ' ', told.workstation, ' · ', el('span', { id: 'printed-at' }));
}

function news(zh, en) {
  put('news', both(zh, en));
}

function card(zh, en, remedyZh, remedy, code, again) {
  put('main', el('section', { class: 'card refused', 'aria-labelledby': 'why' }, el('h2', { id: 'why' }, both(zh, en)),
    el('p', { class: 'remedy' }, both(remedyZh, remedy)), code ? el('p', { class: 'small' }, both('代码', 'Code'), ' ', el('code', null, code)) : '',
    again ? el('button', { type: 'button', class: 'tool', click: () => {
      wait();
      ask();
    } }, both('重试', 'Try again')) : ''));
  news(zh, en);
}

function wait() {
  put('main', el('section', { class: 'card', 'aria-labelledby': 'waiting' },
    el('h2', { id: 'waiting' }, both('正在向其他医院查询', 'Asking the other hospitals')),
    el('p', null, both('最迟数秒后显示已到的资料，后到的自动补上', 'What has come is shown within seconds, the rest follows by itself')),
    el('div', { class: 'waiting', 'aria-hidden': 'true' }, el('span', null))));
  news('正在向其他医院查询', 'Asking the other hospitals');
}

// ---- the source of a figure ----

function show(item) {
  const dialog = byId('source');
  put('source', source(view, item));
  dialog.showModal();
}

// ---- paper ----

/** Everything that is folded goes to paper unfolded; what was printed, by whom and when stands on it. */
window.addEventListener('beforeprint', () => {
  if (!view.record) {
    return;
  }
  unfolded = Array.from(document.querySelectorAll('details:not([open])'));
  unfolded.forEach(one => {
    folds.get(one)();
    one.open = true;
  });
  const time = stamp();
  byId('printed-at').textContent = time;
  const line = told.doctor.name + '（' + told.doctor.id + '） ' + told.department + ' ' + told.workstation + ' ' + time;
  put('mark', [1, 2, 3].map(() => el('p', null, '患者 ' + view.record.patient.name + ' · 打印 ' + line)));
  say('print');
});
window.addEventListener('afterprint', () => {
  unfolded.forEach(one => {
    one.open = false;
  });
  put('mark');
});

function print() {
  window.print();
}

// ---- the end ----

function say(word) {
  return fetch(ADDRESS + '/' + word, { method: 'POST', credentials: 'same-origin', keepalive: true });
}

function leave() {
  say('close').catch(() => {});
  end({ textZh: '页面已关闭', text: 'The page is closed', remedyZh: '如需再看，请从 HIS 重新打开', remedy: 'To look again, open it from the HIS', code: '' });
}

/** Nothing of the patient stays on the screen. */
function end(why) {
  over = !isPassing(why);
  view.record = null;
  tag = null;
  known = null;
  late = new Set();
  if (byId('source').open) {
    byId('source').close();
  }
  ['source', 'who', 'ground', 'tools', 'mark'].forEach(id => put(id));
  put('who', el('h1', null, both('外院资料', 'Records of other hospitals')));
  card(why.textZh, why.text, why.remedyZh, why.remedy, why.code, !over);
  byId('main').focus();
}

['keydown', 'mousedown', 'mousemove', 'wheel', 'touchstart'].forEach(kind => window.addEventListener(kind, () => {
  active = Date.now();
}, { passive: true }));

setInterval(() => {
  if (over) {
    return;
  }
  if (Date.now() - active > IDLE) {
    say('close').catch(() => {});
    end({ textZh: '页面因无人操作已关闭', text: 'Closed, because nobody used it', remedyZh: '请从 HIS 重新打开', remedy: 'Open it from the HIS again', code: 'ticket.expired' });
  } else if (active > hereTold) {
    hereTold = Date.now();
    say('here').then(response => response.status >= 400 && response.status < 500 ? response.json().then(end) : null).catch(() => {});
  }
}, HERE);

// Else a reload would count as coming from the HIS that linked here, and would not carry our cookie.
history.replaceState(null, '', ADDRESS);
wait();
ask();
