import type { SettingModel } from './database.js';
import { isDuplicateKey } from './insert-missing.js';

export interface SettingsStore {
  /** What is set under this name; the given value, where nothing was. */
  settle(name: string, value: string): Promise<string>;
  /** What is set under this name; null, where nothing is. */
  read(name: string): Promise<string | null>;
}

export function createSettingsStore(model: SettingModel): SettingsStore {
  const read: SettingsStore['read'] = async (name) => (await model.findById(name).lean().exec())?.value ?? null;
  return {
    read,
    async settle(name, value) {
      const found = await read(name);
      if (found !== null) return found;
      try {
        await model.create({ _id: name, value });
        return value;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return (await read(name)) ?? value;
      }
    },
  };
}
