// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The imported models below one folder.

use std::{
	collections::{BTreeMap, BTreeSet},
	fs, io,
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, Weak,
	},
	thread,
	time::SystemTime,
};

use ergon_core::{ModelId, ModelManifest};
use futures::{channel::oneshot, lock::Mutex as AsyncMutex};
use parking_lot::{Mutex, RwLock};
use tracing::{info, warn};

use super::memory::{Memory, Reclaim, Reservation};
use crate::{error::ExecutionError, executor::Priority, model::files, Control, Model};

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
	/// Nothing when it could not be opened.
	known: Option<Known>,
}

/// A model that was opened at least once.
struct Known {
	id: ModelId,
	manifest: ModelManifest,
	/// Memory that it takes.
	bytes: u64,
	/// When it was used last: a number that grows.
	used: u64,
	loaded: Option<Loaded>,
}

struct Loaded {
	model: Arc<Model>,
	/// Of the model's memory.
	_memory: Reservation,
}

/// A model that stays loaded, and memory that is kept, until this is dropped.
pub struct Lease {
	/// The model.
	pub model: Arc<Model>,
	/// After the model: whoever waits for memory may have the model's too.
	_memory: Reservation,
}

/// What an order needs beside its model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
	/// Bytes of memory.
	pub(super) bytes: u64,
	/// How urgent it is.
	pub(super) priority: Priority,
}

/// What memory is used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
	/// Models that are loaded.
	pub models: u64,
	/// Bytes that they take.
	pub model_bytes: u64,
	/// Bytes that orders keep for keys and values.
	pub order_bytes: u64,
}

/// All models below a folder. Models that appear later are found by [`Self::rescan`], and those
/// whose folder is gone are dropped by it as soon as no order runs on them. As many are loaded as
/// fit into memory; for others, those are given up that were not used for longest.
pub struct ModelStore {
	folder: PathBuf,
	memory: Memory,
	/// In the order of the paths, so that of two copies of one model the same is taken each time.
	entries: RwLock<BTreeMap<PathBuf, Entry>>,
	/// Held while models are opened; readers of `entries` do not wait for that.
	scan: Mutex<()>,
	/// Held while a model is loaded again, so that two orders do not load it twice.
	loading: AsyncMutex<()>,
	uses: AtomicU64,
}

impl ModelStore {
	/// Opens every model below `folder`, and keeps those that fit into `memory` bytes. One that is
	/// broken is skipped with a warning.
	///
	/// # Errors
	///
	/// [`ModelsError`] when the folder cannot be read. A folder without models is no error: they
	/// may come later.
	pub fn open(folder: &Path, memory: u64) -> Result<Arc<Self>, ModelsError> {
		let store = Arc::new(Self {
			folder: folder.into(),
			memory: Memory::new(memory),
			entries: RwLock::default(),
			scan: Mutex::default(),
			loading: AsyncMutex::default(),
			uses: AtomicU64::default(),
		});
		let keeper: Weak<Self> = Arc::downgrade(&store);
		store.memory.set_keeper(keeper);
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

	/// The ids of the models, loaded or not, each once, in ascending order.
	pub fn ids(&self) -> Vec<ModelId> {
		let entries = self.entries.read();
		let known = entries.values().filter_map(|entry| entry.known.as_ref());
		known.map(|known| known.id).collect::<BTreeSet<_>>().into_iter().collect()
	}

	/// The folder of a model.
	pub fn folder(&self, id: &ModelId) -> Option<PathBuf> {
		self.find(id, |path, _| path.to_owned())
	}

	fn find<T>(&self, id: &ModelId, what: impl Fn(&Path, &Known) -> T) -> Option<T> {
		let entries = self.entries.read();
		let mut known =
			entries.iter().filter_map(|(path, entry)| Some((path, entry.known.as_ref()?)));
		known.find(|(_, known)| known.id == *id).map(|(path, known)| what(path, known))
	}

	/// What memory is used for.
	pub fn memory_use(&self) -> MemoryUse {
		let entries = self.entries.read();
		let known = entries.values().filter_map(|entry| entry.known.as_ref());
		let (mut models, mut model_bytes) = (0, 0);
		for known in known.filter(|known| known.loaded.is_some()) {
			models += 1;
			model_bytes += known.bytes;
		}
		let order_bytes = self.memory.used().saturating_sub(model_bytes);
		MemoryUse { models, model_bytes, order_bytes }
	}

	/// Waits until there is memory for an order and its model, and loads the model if it is not loaded;
	/// nothing when there is no such model.
	///
	/// # Errors
	///
	/// [`ExecutionError::OutOfMemory`] when there can never be, and whatever ends `control`.
	pub(super) async fn acquire(
		self: &Arc<Self>,
		id: &ModelId,
		need: impl Fn(&ModelManifest) -> Need,
		control: &Control,
	) -> Result<Option<Lease>, ExecutionError> {
		if self.find(id, |_, _| ()).is_none() {
			let store = Arc::clone(self);
			elsewhere(move || store.rescan()).await?;
		}
		loop {
			let state =
				self.find(id, |path, known| (path.to_owned(), need(&known.manifest), known.bytes));
			let Some((path, need, bytes)) = state else { return Ok(None) };
			// What it needs together must fit, whatever is loaded now.
			let (all, budget) = (need.bytes.saturating_add(bytes), self.memory.budget());
			if all > budget {
				return Err(ExecutionError::OutOfMemory { bytes: all, budget });
			}
			let missing = || match self.find(id, |_, known| known.loaded.is_some()) {
				Some(false) => all,
				// It is loaded, or gone: that shows afterwards.
				Some(true) | None => need.bytes,
			};
			let mut memory = self.memory.reserve(missing, id, need.priority, control).await?;
			let own = memory.split(need.bytes);
			if let Some(model) = self.use_loaded(id) {
				return Ok(Some(Lease { model, _memory: memory }));
			}
			if own.bytes() == 0 {
				// It was given up, or changed, a moment ago: ask for both.
				continue;
			}
			let _turn = self.loading.lock().await;
			if self.use_loaded(id).is_none() {
				let store = Arc::clone(self);
				elsewhere(move || store.load(&path, own)).await?;
				// Whoever waited for this model needs less now.
				self.memory.wake_first();
			}
			// Nothing when it can be opened no longer.
			let model = self.use_loaded(id);
			return Ok(model.map(|model| Lease { model, _memory: memory }));
		}
	}

	/// A model that is loaded and still what lies on the disk.
	fn use_loaded(&self, id: &ModelId) -> Option<Arc<Model>> {
		let mut entries = self.entries.write();
		let (path, known) = entries
			.iter_mut()
			.filter_map(|(path, entry)| Some((path, entry.known.as_mut()?)))
			.find(|(_, known)| known.id == *id)?;
		known.used = self.uses.fetch_add(1, Ordering::Relaxed);
		let model = Arc::clone(&known.loaded.as_ref()?.model);
		if !model.is_unchanged() {
			warn!(
				"The model in {} was changed while it was loaded: loading it again",
				path.display()
			);
			known.loaded = None;
			return None;
		}
		Some(model)
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
			let known = self.open_folder(&path);
			self.entries.write().insert(path, Entry { changed, known });
		}
	}

	/// Opens a model, and keeps it loaded if there is memory that nobody waits for.
	fn open_folder(&self, path: &Path) -> Option<Known> {
		let model = match Model::open(path) {
			Ok(model) => model,
			Err(error) => {
				warn!("Skipped the model in {}: {error}", path.display());
				return None;
			}
		};
		let (id, bytes) = (model.id(), model.memory_bytes());
		let memory = self.memory.try_reserve(bytes);
		let fate = if memory.is_some() { "Loaded model" } else { "Found, and did not load, model" };
		info!("{fate} {id:?} from {}", path.display());
		let manifest = *model.manifest();
		let used = self.uses.fetch_add(1, Ordering::Relaxed);
		let loaded = memory.map(|_memory| Loaded { model: Arc::new(model), _memory });
		Some(Known { id, manifest, bytes, used, loaded })
	}

	/// Opens a model again, in memory that was reserved for it.
	fn load(&self, path: &Path, memory: Reservation) {
		let opened = Model::open(path);
		let mut entries = self.entries.write();
		let Some(entry) = entries.get_mut(path) else { return };
		match (opened, &mut entry.known) {
			(Ok(model), Some(known)) if model.id() == known.id => {
				info!("Loaded model {:?} from {}", known.id, path.display());
				known.loaded = Some(Loaded { model: Arc::new(model), _memory: memory });
			}
			(opened, known) => {
				let reason = opened.map_or_else(
					|error| error.to_string(),
					|_| {
						"it is another one now; put new models into folders of their own".to_owned()
					},
				);
				warn!("The model in {} is lost: {reason}", path.display());
				*known = None;
			}
		}
	}
}

impl Reclaim for ModelStore {
	fn reclaim(&self, bytes: u64, wanted: &ModelId) {
		let mut given_up = Vec::new();
		let mut entries = self.entries.write();
		let mut idle: Vec<&mut Known> = entries
			.values_mut()
			.filter_map(|entry| entry.known.as_mut())
			.filter(|known| known.id != *wanted)
			.filter(|known| {
				known.loaded.as_ref().is_some_and(|loaded| Arc::strong_count(&loaded.model) == 1)
			})
			.collect();
		// In vain, it would only cost the next order a load.
		if idle.iter().map(|known| known.bytes).sum::<u64>() < bytes {
			return;
		}
		idle.sort_by_key(|known| known.used);
		let mut freed = 0;
		for known in idle {
			if freed >= bytes {
				break;
			}
			freed += known.bytes;
			info!("Unloading model {:?}: its memory is needed", known.id);
			given_up.extend(known.loaded.take());
		}
		drop(entries);
		drop(given_up);
	}
}

/// Does something slow on a thread of its own.
async fn elsewhere<T: Send + 'static>(
	work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ExecutionError> {
	let (sender, receiver) = oneshot::channel();
	thread::Builder::new()
		.name("ergon-models".into())
		.spawn(move || sender.send(work()))
		.map_err(|error| ExecutionError::Threads { reason: error.to_string() })?;
	receiver.await.map_err(|_| {
		ExecutionError::Internal("opening a model panicked: please report the model".into())
	})
}
