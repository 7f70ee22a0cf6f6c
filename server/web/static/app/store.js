// Where unsent messages wait: IndexedDB; this tab alone on a borrowed device; memory in a browser that keeps nothing.
// Nothing else that was written is kept at rest.

const DATABASE = "warmlijn";
const STORE = "outbox";
const IN_TAB = "warmlijn.outbox";

/**
 * Open the store. `durable` says whether it survives a reload, `isShared` whether the other tabs have it as well.
 * On a borrowed device nothing may outlive the tab, so the tab's own storage takes it.
 */
export async function openStore({ isBorrowed = false } = {}) {
  if (isBorrowed) return new TabStore();
  try {
    return new DatabaseStore(await openDatabase());
  } catch {
    return new MemoryStore();
  }
}

function openDatabase() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    const store = opening.result.createObjectStore(STORE, { keyPath: "n", autoIncrement: true });
    store.createIndex("user", "user");
  };
  return settled(opening);
}

class DatabaseStore {
  durable = true;
  isShared = true;
  #database;

  constructor(database) {
    this.#database = database;
  }

  /** Let go of the database, so that it can be deleted. */
  close() {
    this.#database.close();
  }

  /** Keep an entry and return its number; numbers rise in the order of the calls. */
  add(entry) {
    return this.#write((store) => store.add(entry));
  }

  put(entry) {
    return this.#write((store) => store.put(entry));
  }

  remove(n) {
    return this.#write((store) => store.delete(n));
  }

  /** Return one person's entries, oldest first. */
  async list(user) {
    const store = this.#database.transaction(STORE).objectStore(STORE);
    const entries = await settled(store.index("user").getAll(user));
    return entries.sort((one, other) => one.n - other.n);
  }

  async clear(user) {
    for (const entry of await this.list(user)) await this.remove(entry.n);
  }

  /** Drop what others left who were here before: the device is this person's now. */
  async keepOnly(user) {
    const entries = await settled(this.#database.transaction(STORE).objectStore(STORE).getAll());
    for (const entry of entries) if (entry.user !== user) await this.remove(entry.n);
  }

  #write(change) {
    const transaction = this.#database.transaction(STORE, "readwrite", { durability: "strict" });
    const request = change(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  }
}

/** One person's tab: entries by number, as one text in the tab's own storage. */
class TabStore {
  durable = true;
  isShared = false;

  close() {}

  async add(entry) {
    const n = Math.max(0, ...this.#read().map((one) => one.n)) + 1;
    this.#write([...this.#read(), { ...entry, n }]);
    return n;
  }

  async put(entry) {
    this.#write(this.#read().map((one) => (one.n === entry.n ? entry : one)));
  }

  async remove(n) {
    this.#write(this.#read().filter((one) => one.n !== n));
  }

  async list(user) {
    return this.#read().filter((one) => one.user === user);
  }

  async clear() {
    sessionStorage.removeItem(IN_TAB);
  }

  async keepOnly() {}

  #read() {
    return JSON.parse(sessionStorage.getItem(IN_TAB) ?? "[]");
  }

  #write(entries) {
    if (entries.length > 0) sessionStorage.setItem(IN_TAB, JSON.stringify(entries));
    else sessionStorage.removeItem(IN_TAB);
  }
}

class MemoryStore {
  durable = false;
  isShared = false;
  #next = 1;

  close() {}

  async add() {
    return this.#next++;
  }

  async put() {}

  async remove() {}

  async list() {
    return [];
  }

  async clear() {}

  async keepOnly() {}
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}
