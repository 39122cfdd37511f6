// The append-only file that keeps durable queues and persistent messages: written and synced in groups.
import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from './codec/bytes.ts';
import { type FieldTable, readTable, writeTable } from './codec/fields.ts';
import type { BrokerLog } from './log.ts';

export type Written = (error?: Error) => void;

/** The records are field tables; `topology.ts` and `storage.ts` say what is in them. */
export interface Journal {
  /** Must be called in the same tick as the change it records: the snapshot relies on it. */
  append(record: FieldTable): void;
  /** Calls back when all that was appended before is safe on disk, or could not be written. */
  whenWritten(callback: Written): void;
  close(): Promise<void>;
}

/** Without a data directory: nothing is kept. */
export const NO_JOURNAL: Journal = {
  append: () => {},
  whenWritten: (callback) => callback(),
  close: async () => {},
};

const MAGIC = Buffer.from('mirliton broker journal 1\n');
const RECORD_HEAD = 8;
const COMPACT_FLOOR = 16 * 1024 * 1024;
const BATCH_BYTES = 1024 * 1024;

/** Reads what a journal file holds; `damage` is the offset at which it is torn or broken. */
export async function readJournal(dir: string): Promise<{ records: FieldTable[]; damage?: number }> {
  const bytes = await readFile(join(dir, 'journal')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const records: FieldTable[] = [];
  if (!bytes) return { records };
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return { records, damage: 0 };
  let at = MAGIC.length;
  while (at < bytes.length) {
    const payload = recordAt(bytes, at);
    if (!payload) return { records, damage: at };
    records.push(readTable(new ByteReader(payload)));
    at += RECORD_HEAD + payload.length;
  }
  return { records };
}

function recordAt(bytes: Buffer, at: number): Buffer | undefined {
  if (at + RECORD_HEAD > bytes.length) return undefined;
  const payload = bytes.subarray(at + RECORD_HEAD, at + RECORD_HEAD + bytes.readUInt32BE(at));
  const isWhole = payload.length === bytes.readUInt32BE(at) && crc32(payload) === bytes.readUInt32BE(at + 4);
  return isWhole ? payload : undefined;
}

export class FileJournal implements Journal {
  readonly #dir: string;
  readonly #snapshot: () => FieldTable[];
  readonly #log: BrokerLog;
  #file: FileHandle | undefined;
  #pending: FieldTable[] = [];
  #waiting: Written[] = [];
  #size = 0;
  #sizeAfterCompaction = 0;
  #running: Promise<void> | undefined;
  #isClosed = false;

  private constructor(dir: string, snapshot: () => FieldTable[], log: BrokerLog) {
    this.#dir = dir;
    this.#snapshot = snapshot;
    this.#log = log;
  }

  /**
   * Begins a new file with the broker's present state in place of the old one.
   * @param snapshot the records that make up the whole state at the moment of the call
   * @throws Error of the file system when the directory cannot be written.
   */
  static async begin(dir: string, snapshot: () => FieldTable[], log: BrokerLog): Promise<FileJournal> {
    await mkdir(dir, { recursive: true });
    const journal = new FileJournal(dir, snapshot, log);
    await journal.#compact();
    return journal;
  }

  append(record: FieldTable): void {
    if (this.#isClosed) return;
    this.#pending.push(record);
    this.#run();
  }

  whenWritten(callback: Written): void {
    if (!this.#running) callback();
    else this.#waiting.push(callback);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    await this.#file?.close();
    this.#file = undefined;
  }

  #run(): void {
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
    });
  }

  async #drain(): Promise<void> {
    // One turn of the loop first: what one read of the sockets brings is one write and one sync.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    while (this.#pending.length > 0 || this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      const error = await this.#write().then(
        () => undefined,
        (cause: Error) => cause,
      );
      if (error)
        this.#log.error('broker journal: cannot write, publishers get a nack', { error: error.message });
      for (const written of waiting) written(error);
    }
  }

  async #write(): Promise<void> {
    // After a failed write there is no file: the next attempt writes the whole state anew, so nothing is missing.
    if (!this.#file || this.#size > 2 * this.#sizeAfterCompaction + COMPACT_FLOOR) return this.#compact();
    const records = this.#pending;
    this.#pending = [];
    try {
      await this.#writeAll(this.#file, records);
    } catch (error) {
      await this.#file.close().catch(() => {});
      this.#file = undefined;
      throw error;
    }
  }

  async #compact(): Promise<void> {
    // The snapshot holds the effect of every record appended so far; those that follow go behind it.
    const records = this.#snapshot();
    this.#pending = [];
    const path = join(this.#dir, 'journal');
    const file = await open(`${path}.next`, 'w', 0o600);
    try {
      await file.write(MAGIC);
      this.#size = MAGIC.length;
      await this.#writeAll(file, records);
      await rename(`${path}.next`, path);
      await syncDirectory(this.#dir);
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
    await this.#file?.close();
    this.#file = file;
    this.#sizeAfterCompaction = this.#size;
  }

  async #writeAll(file: FileHandle, records: FieldTable[]): Promise<void> {
    const writer = new ByteWriter(BATCH_BYTES);
    for (const [index, record] of records.entries()) {
      writeRecord(writer, record);
      if (writer.length < BATCH_BYTES && index < records.length - 1) continue;
      const batch = writer.take();
      await file.appendFile(batch);
      this.#size += batch.length;
    }
    await file.datasync();
  }
}

function writeRecord(writer: ByteWriter, record: FieldTable): void {
  const payload = new ByteWriter();
  writeTable(payload, record);
  const bytes = payload.take();
  writer.u32(bytes.length);
  writer.u32(crc32(bytes));
  writer.bytes(bytes);
}

/** So that the rename itself survives a power cut. */
async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  await handle.sync().finally(() => handle.close());
}
