// Writes the tables with exceljs: npm install exceljs@4.4.0; node exceljs.mjs
import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';

const tables = JSON.parse(readFileSync(new URL('tables.json', import.meta.url)));
for (const [name, table] of Object.entries(tables)) {
  const book = new ExcelJS.Workbook();
  book.created = book.modified = new Date('2026-01-05T00:00:00Z');
  const sheet = book.addWorksheet(table.sheet);
  table.cells.forEach((line, row) => line.forEach((value, column) => {
    if (value === null) return;
    const cell = sheet.getCell(row + 1, column + 1);
    if (value.day) {
      cell.value = new Date(value.day);
      cell.numFmt = 'yyyy"年"m"月"d"日"';
    } else cell.value = value; // numbers, texts, { formula, result }, { error }
  }));
  if (table.hidden_row) sheet.getRow(table.hidden_row).hidden = true;
  await book.xlsx.writeFile(new URL(`${name}_exceljs.xlsx`, import.meta.url).pathname);
}
