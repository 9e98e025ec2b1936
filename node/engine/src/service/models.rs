// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The imported models below one folder.

use std::{
	collections::BTreeMap,
	fs, io,
	path::{Path, PathBuf},
	sync::Arc,
	time::SystemTime,
};

use ergon_core::ModelId;
use parking_lot::{Mutex, RwLock};
use tracing::{info, warn};

use crate::{model::files, Model};

/// Why the models cannot be looked for.
#[derive(Debug, thiserror::Error)]
#[error(
	"cannot read the models folder {}: {source}; import a model with `ergon-engine import` and name \
	 the folder above it with --models-dir",
	.path.display()
)]
pub struct ModelsError {
	/// The folder.
	pub path: PathBuf,
	/// The operating system's reason.
	pub source: io::Error,
}

/// What is known of one folder.
struct Entry {
	/// The manifest's time of change when the folder was looked at: another time means another
	/// model.
	changed: SystemTime,
	/// The model, unless it could not be opened.
	model: Option<Arc<Model>>,
}

/// All models below a folder. Models that appear later are found by [`Self::rescan`], and those
/// whose folder is gone are dropped by it as soon as no order runs on them.
pub struct ModelStore {
	folder: PathBuf,
	/// In the order of the paths, so that of two copies of one model the same is taken each time.
	entries: RwLock<BTreeMap<PathBuf, Entry>>,
	/// Held while models are opened; readers of `entries` do not wait for that.
	scan: Mutex<()>,
}

impl ModelStore {
	/// Opens every model below `folder`. One that is broken is skipped with a warning.
	///
	/// # Errors
	///
	/// [`ModelsError`] when the folder cannot be read. A folder without models is no error: they
	/// may come later.
	pub fn open(folder: &Path) -> Result<Self, ModelsError> {
		let store =
			Self { folder: folder.into(), entries: RwLock::default(), scan: Mutex::default() };
		let found =
			store.folders().map_err(|source| ModelsError { path: folder.into(), source })?;
		store.update(found);
		if store.ids().is_empty() {
			warn!(
				"There is no model below {} yet: import one with `ergon-engine import`",
				folder.display()
			);
		}
		Ok(store)
	}

	/// The ids of the models, each once, in ascending order.
	pub fn ids(&self) -> Vec<ModelId> {
		let mut ids: Vec<ModelId> = self
			.entries
			.read()
			.values()
			.filter_map(|entry| Some(entry.model.as_ref()?.id()))
			.collect();
		ids.sort_unstable();
		ids.dedup();
		ids
	}

	/// A model by its id.
	pub fn get(&self, id: &ModelId) -> Option<Arc<Model>> {
		let entries = self.entries.read();
		let mut models = entries.values().filter_map(|entry| entry.model.as_ref());
		models.find(|model| model.id() == *id).cloned()
	}

	/// The folder that a model was loaded from.
	pub fn folder(&self, id: &ModelId) -> Option<PathBuf> {
		let entries = self.entries.read();
		let is_it = |entry: &Entry| entry.model.as_ref().is_some_and(|model| model.id() == *id);
		entries.iter().find(|(_, entry)| is_it(entry)).map(|(path, _)| path.clone())
	}

	/// A model by its id; if it is not there, looks whether it came since.
	pub fn get_or_rescan(&self, id: &ModelId) -> Option<Arc<Model>> {
		self.get(id).or_else(|| {
			self.rescan();
			self.get(id)
		})
	}

	/// Looks for folders that came, went or changed. Lists one folder and reads one file time for
	/// each model; opens only what is new.
	pub fn rescan(&self) {
		match self.folders() {
			Ok(found) => self.update(found),
			// What is loaded stays: a network drive may come back.
			Err(error) => warn!("Cannot read the models folder {}: {error}", self.folder.display()),
		}
	}

	/// The folders that hold a manifest, with its time of change.
	fn folders(&self) -> io::Result<BTreeMap<PathBuf, SystemTime>> {
		let mut found = BTreeMap::new();
		for entry in fs::read_dir(&self.folder)? {
			let entry = entry?;
			// The importer works in a hidden folder until the model is whole.
			if entry.file_name().as_encoded_bytes().starts_with(b".") {
				continue;
			}
			// A folder without manifest is not a model, or not yet.
			let path = entry.path();
			let manifest = fs::metadata(path.join(files::MANIFEST));
			if let Ok(changed) = manifest.and_then(|manifest| manifest.modified()) {
				found.insert(path, changed);
			}
		}
		Ok(found)
	}

	/// Opens what is new in `found` and drops what is no longer there.
	fn update(&self, found: BTreeMap<PathBuf, SystemTime>) {
		let _scan = self.scan.lock();
		self.entries.write().retain(|path, _| {
			let stays = found.contains_key(path);
			if !stays {
				info!("Model folder {} is gone", path.display());
			}
			stays
		});
		for (path, changed) in found {
			if self.entries.read().get(&path).is_some_and(|entry| entry.changed == changed) {
				continue;
			}
			let model = match Model::open(&path) {
				Ok(model) => {
					info!("Loaded model {:?} from {}", model.id(), path.display());
					Some(Arc::new(model))
				}
				Err(error) => {
					warn!("Skipped the model in {}: {error}", path.display());
					None
				}
			};
			self.entries.write().insert(path, Entry { changed, model });
		}
	}
}
