// Where unsent messages wait: IndexedDB, or memory in a browser that keeps nothing. Nothing else is kept at rest.

const DATABASE = "warmlijn";
const STORE = "outbox";

/** Open the store; `durable` says whether it survives a reload. */
export async function openStore() {
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

class MemoryStore {
  durable = false;
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
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}
