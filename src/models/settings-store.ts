import type { SettingModel } from './database.js';
import { isDuplicateKey } from './insert-missing.js';

export interface SettingsStore {
  /** What is set under this name; the given value, where nothing was. */
  settle(name: string, value: string): Promise<string>;
}

export function createSettingsStore(model: SettingModel): SettingsStore {
  return {
    async settle(name, value) {
      const found = await model.findById(name).lean().exec();
      if (found) return found.value;
      try {
        await model.create({ _id: name, value });
        return value;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return (await model.findById(name).lean().exec())?.value ?? value;
      }
    },
  };
}
