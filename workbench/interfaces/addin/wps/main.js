// The tab in WPS: its buttons open the desk page, and hand on what is in front. No data and no key are in here: the key lies
// in a page of the desk that only this user can read. The buttons and the desk's folder stand in buttons.js. Old engines read it.
"use strict";

function OnAddinLoad() { return true; }

function GetImage(control) { return "images/" + (WORKBENCH.buttons[control.Id] || {}).hands + ".svg"; }

function application() {
  if (window.Application) return window.Application;
  return window.wps && window.wps.EtApplication ? window.wps.EtApplication() : null;
}

// What goes along: the workbook's file as it lies on the disk, or the text of the chosen cell. null: said why not.
function handed(button, app) {
  if (button.hands === "cell") {
    var cell = app.ActiveCell;
    var text = cell && cell.Text ? String(cell.Text).slice(0, 200) : "";
    return text ? "&cell=" + encodeURIComponent(text) : "";
  }
  if (button.hands !== "workbook") return "";
  var book = app.ActiveWorkbook;
  if (!book) { alert("没有打开的工作簿。请先打开要办理的表，再按一次。"); return null; }
  var path = String(book.FullName || "");
  if (!book.Path || /^[a-z]{2,}:/i.test(path)) {
    alert("这个工作簿不在本机上（没有保存过，或在云端）。请先另存到本机文件夹，再按一次。");
    return null;
  }
  return "&file=" + encodeURIComponent(path) + (book.Saved === false || book.Saved === 0 ? "&unsaved=1" : "");
}

// The desk leaves a mark in its folder while it is open; a script that is not there is the only thing a local page can notice.
function whenOpen(then, otherwise) {
  var mark = document.createElement("script");
  mark.onload = then;
  mark.onerror = otherwise;
  mark.src = WORKBENCH.folder + "/desk_open.js?" + new Date().getTime();
  document.head.appendChild(mark);
  document.head.removeChild(mark);
}

function OnAction(control) {
  var button = WORKBENCH.buttons[control.Id];
  var app = application();
  if (!button || !app) return true;
  if (!Element.prototype.replaceChildren) { // the page's script would stand still
    alert("这个版本的 WPS 太旧，打不开工作台页面。请升级 WPS，或在浏览器里用：在开始菜单里打开“" + WORKBENCH.title + "”。");
    return true;
  }
  try {
    var along = handed(button, app);
    if (along === null) return true;
    var address = WORKBENCH.folder + "/desk.html#deed=" + button.deed + along;
    var size = window.devicePixelRatio || 1;
    whenOpen(function () {
      try {
        app.ShowDialog(address, WORKBENCH.title, 1180 * size, 780 * size, false);
      } catch (fault) { failed(fault); }
    }, function () {
      alert("工作台没有打开。请在开始菜单里打开“" + WORKBENCH.title + "”（或运行 workbench desk），再按一次。");
    });
  } catch (fault) { failed(fault); }
  return true;
}

function failed(fault) {
  alert("没有完成（" + (fault && fault.name || "WPS") + "）。请改用浏览器里的工作台：在开始菜单里打开“" + WORKBENCH.title + "”。");
}
