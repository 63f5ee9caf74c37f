'use strict';
// The page of one ticket: shows the text, takes the strokes, sends both. ES2017 and nothing from elsewhere: it runs in the
// old browsers of ward tablets. Every text becomes a text node, never mark-up.

(function () {
  const base = location.pathname.replace(/\/$/, '');
  const part = id => document.getElementById(id);
  const box = part('box');
  const pen = box.getContext('2d');
  const TENTHS = 10;
  const LINE = 2.5;

  /** Strokes of [x, y, t, pressure], x and y in CSS pixels. */
  let strokes = [];
  let stroke = null;
  let began = 0;
  let last = 0;
  let pointer = '';
  let width = 0;

  function say(zh, en, done) {
    const news = part('news');
    news.className = done ? 'done' : '';
    news.textContent = zh + ' ';
    const beside = document.createElement('span');
    beside.lang = 'en';
    beside.textContent = en;
    news.appendChild(beside);
    news.scrollIntoView();
  }

  /** The answer's JSON, or null when it was refused or did not come, which has been said. */
  async function call(path, body) {
    let answer;
    try {
      answer = await fetch(base + path, {
        method: body === undefined ? 'GET' : 'POST', credentials: 'same-origin', cache: 'no-store',
        headers: { 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body)
      });
      if (answer.status === 204) {
        return {};
      }
      const json = await answer.json();
      if (answer.ok) {
        return json;
      }
      const issue = json.issue[0];
      const text = issue.details.text.split(' / ');
      const remedy = issue.diagnostics.split(' / ');
      say(text[0] + '。' + remedy[0] + '。', text[1] + '. ' + remedy[1] + '. (' + issue.details.coding[0].code + ')');
    } catch (away) {
      say('网络不通，尚未签署，请重试。', 'The network is down and nothing is signed yet; try again.');
    }
    return null;
  }

  function show(agreement) {
    if (agreement === null) {
      return;
    }
    part('news').textContent = '';
    part('guardian').hidden = agreement.text !== null;
    part('agreement').hidden = agreement.text === null;
    if (agreement.text === null) {
      part('name').focus();
      return;
    }
    part('text').textContent = agreement.text;
    clear();
  }

  function clear() {
    strokes = [];
    stroke = null;
    width = box.clientWidth;
    // As many dots as the screen has; where a browser has no ratio, one.
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    box.width = Math.round(box.clientWidth * ratio);
    box.height = Math.round(box.clientHeight * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.lineCap = 'round';
    pen.lineJoin = 'round';
    pen.strokeStyle = '#000';
    pen.fillStyle = '#000';
  }

  function place(event) {
    const frame = box.getBoundingClientRect();
    const within = (at, most) => Math.max(0, Math.min(at, most));
    const now = Math.round(event.timeStamp);
    if (strokes.length === 0 || (strokes.length === 1 && strokes[0].length === 0)) {
      began = now;
      last = 0;
    }
    // Some browsers deliver what was seen earlier a little later.
    last = Math.max(last, now - began);
    const pressure = event.pressure > 0 ? event.pressure : 0.5;
    return [within(event.clientX - frame.left - box.clientLeft, box.clientWidth),
      within(event.clientY - frame.top - box.clientTop, box.clientHeight), last, Math.round(Math.min(pressure, 1) * 1000)];
  }

  function add(event) {
    const point = place(event);
    const before = stroke[stroke.length - 1];
    stroke.push(point);
    pen.lineWidth = LINE * (0.5 + point[3] / 1000);
    pen.beginPath();
    if (before) {
      pen.moveTo(before[0], before[1]);
      pen.lineTo(point[0], point[1]);
      pen.stroke();
    } else {
      pen.arc(point[0], point[1], pen.lineWidth / 2, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  box.addEventListener('pointerdown', event => {
    if (stroke !== null || event.button > 0) {
      return; // The ball of the thumb beside the stylus.
    }
    event.preventDefault();
    box.setPointerCapture(event.pointerId);
    pointer = event.pointerType === 'pen' || event.pointerType === 'touch' ? event.pointerType : 'mouse';
    stroke = [];
    stroke.id = event.pointerId;
    strokes.push(stroke);
    add(event);
  });
  box.addEventListener('pointermove', event => {
    if (stroke !== null && event.pointerId === stroke.id) {
      const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      (all.length > 0 ? all : [event]).forEach(add);
    }
  });
  const lift = event => {
    if (stroke !== null && event.pointerId === stroke.id) {
      stroke = null;
    }
  };
  box.addEventListener('pointerup', lift);
  box.addEventListener('pointercancel', lift);

  /** Black on white whatever the screen was: what is kept has to be seen on any ground. */
  function picture() {
    const paper = document.createElement('canvas');
    paper.width = box.width;
    paper.height = box.height;
    const ink = paper.getContext('2d');
    ink.fillStyle = '#fff';
    ink.fillRect(0, 0, paper.width, paper.height);
    ink.drawImage(box, 0, 0);
    return paper.toDataURL('image/png').split(',')[1];
  }

  function busy(is) {
    ['sign', 'clear', 'cancel'].forEach(id => {
      part(id).disabled = is;
    });
  }

  function over(zh, en) {
    part('agreement').hidden = true;
    part('text').textContent = '';
    clear();
    say(zh, en, true);
  }

  part('sign').addEventListener('click', async () => {
    if (strokes.length === 0) {
      say('请先在框内签名。', 'Please sign in the box first.');
      return;
    }
    busy(true);
    const signed = await call('/signature', {
      text: part('text').textContent, width: box.clientWidth, height: box.clientHeight, pointer: pointer,
      strokes: strokes.map(one => one.map(point => [Math.round(point[0] * TENTHS), Math.round(point[1] * TENTHS), point[2], point[3]].join(','))
        .join(' ')),
      image: picture()
    });
    busy(false);
    if (signed !== null) {
      over('已签署，编号 ' + signed.reference + '。请将平板交还工作人员。', 'Signed under the number ' + signed.reference
        + '. Please give the tablet back to the staff.');
    }
  });
  part('clear').addEventListener('click', clear);
  part('cancel').addEventListener('click', async () => {
    busy(true);
    const ended = await call('/cancel', {});
    busy(false);
    if (ended !== null) {
      over('未签署。请将平板交还工作人员。', 'Nothing was signed. Please give the tablet back to the staff.');
    }
  });
  part('guardian').addEventListener('submit', async event => {
    event.preventDefault();
    show(await call('/guardian', { name: part('name').value, relation: part('relation').value }));
  });
  window.addEventListener('resize', () => {
    // A turned tablet has another box: what was written does not fit it. One whose bars come and go has the same.
    if (!part('agreement').hidden && box.clientWidth !== width) {
      clear();
    }
  });

  call('/text').then(show);
}());
