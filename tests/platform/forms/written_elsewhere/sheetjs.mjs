// Writes the tables with SheetJS (its community edition): npm install xlsx@0.18.5; node sheetjs.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import * as XLSX from 'xlsx';

const tables = JSON.parse(readFileSync(new URL('tables.json', import.meta.url)));
const days = (day) => Math.round((Date.parse(day) - Date.UTC(1899, 11, 30)) / 86400000);
for (const [name, table] of Object.entries(tables)) {
  const sheet = XLSX.utils.aoa_to_sheet(table.cells.map((line) => line.map((value) => {
    if (value === null || typeof value !== 'object') return value;
    if (value.day) return { t: 'n', v: days(value.day), z: 'yyyy"年"m"月"d"日"' };
    if (value.error) return { t: 'e', v: 42 }; // #N/A
    return { t: 'n', f: value.formula, v: value.result };
  })));
  if (table.hidden_row) {
    sheet['!rows'] = [];
    sheet['!rows'][table.hidden_row - 1] = { hidden: true };
  }
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, sheet, table.sheet);
  const options = { type: 'buffer', compression: true };
  writeFileSync(new URL(`${name}_sheetjs.xlsx`, import.meta.url), XLSX.write(book, { ...options, bookType: 'xlsx', bookSST: true }));
  writeFileSync(new URL(`${name}_sheetjs_texts_in_cells.xlsx`, import.meta.url), XLSX.write(book, { ...options, bookType: 'xlsx' }));
}
