import { useId, useState } from 'preact/hooks';
import { bytes, compact, count, day } from '../../kit/format.js';
import { Icon } from '../../kit/ui/icon.js';
import type { StoredTable, SystemAnswer } from './system-answer.js';

type StorageProps = { storage: NonNullable<SystemAnswer['storage']> };

/** What the tables take, and each day of those that are kept by day. */
export function Storage({ storage: { database_bytes, tables } }: StorageProps) {
  const [open, setOpen] = useState<string | null>(null);
  const sorted = tables.toSorted((a, b) => b.bytes - a.bytes);
  const stores = new Set(tables.map(({ store }) => store)).size;
  return (
    <div class="table-scroll storage" tabIndex={0} role="region" aria-label="Tables and their sizes">
      <table class="table">
        <caption class="visually-hidden">Tables and their sizes</caption>
        <thead>
          <tr>
            <th scope="col">Table</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col" class="number">
              Rows (est.)
            </th>
            <th scope="col" class="number wide-only">
              Days
            </th>
          </tr>
        </thead>
        <tbody>
          <tr class="storage-all">
            <th scope="row">{stores > 1 ? 'Both databases' : 'Entire database'}</th>
            <td class="number">{bytes(database_bytes)}</td>
            <td class="number" />
            <td class="number wide-only" />
          </tr>
          {sorted.map((table) => {
            const key = `${table.store}.${table.name}`;
            return (
              <TableRows
                key={key}
                table={table}
                store={stores > 1 ? table.store : null}
                open={open === key}
                onToggle={() => setOpen(open === key ? null : key)}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface TableRowsProps {
  table: StoredTable;
  /** Said where there are several. */
  store: string | null;
  open: boolean;
  onToggle: () => void;
}

function TableRows({ table, store, open, onToggle }: TableRowsProps) {
  const id = useId();
  const days = table.partitions.toSorted((a, b) => b.day.localeCompare(a.day));
  const name = (
    <>
      <span class="mono">{table.name}</span>
      {store && <span class="muted"> ({store})</span>}
    </>
  );
  return (
    <>
      <tr>
        <th scope="row">
          {days.length === 0 ? (
            <span class="storage-plain">{name}</span>
          ) : (
            <button
              type="button"
              class="storage-fold"
              aria-expanded={open}
              aria-controls={open ? id : undefined}
              onClick={onToggle}
            >
              <Icon name={open ? 'down' : 'right'} size={14} />
              {name}
            </button>
          )}
        </th>
        <td class="number">{bytes(table.bytes)}</td>
        <td class="number" title={count(table.rows_estimated)}>
          {compact(table.rows_estimated)}
        </td>
        <td class="number wide-only">{days.length > 0 ? count(days.length) : '–'}</td>
      </tr>
      {open &&
        days.map((partition, i) => (
          <tr key={partition.name} id={i === 0 ? id : undefined} class="storage-day">
            <th scope="row" title={partition.name}>
              {day(`${partition.day}T12:00:00`)}
            </th>
            <td class="number">{bytes(partition.bytes)}</td>
            <td class="number">{compact(partition.rows_estimated)}</td>
            <td class="number wide-only" />
          </tr>
        ))}
    </>
  );
}
