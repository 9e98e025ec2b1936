// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a runtime has to configure.

use crate::{offchain::LAST_CALL, Config, Pallet, WeightInfo};
use frame_support::traits::Get;

impl<T: Config> Pallet<T> {
	/// Whether the configuration makes sense.
	pub(crate) fn do_integrity_test() {
		let validators = T::MaxValidators::get();
		let most = T::WeightInfo::poll(validators)
			.saturating_add(T::WeightInfo::draw(validators))
			.saturating_add(Self::eligible_weight(validators))
			.saturating_add(T::WeightInfo::prune_duty_records(validators));
		assert!(
			most.all_lte(T::PollWeight::get()),
			"`PollWeight` has to cover a draw of `MaxValidators`, which is {most:?}",
		);
		assert!(
			T::CommitWindow::get() > LAST_CALL.into(),
			"`CommitWindow` has to be longer than the last call for commitments",
		);
		for window in [T::RevealWindow::get(), T::CheckWindow::get()] {
			assert!(window >= 2u32.into(), "windows have to outlast the first block of a session");
		}
		let (lowest, highest) = T::AuditPriceBounds::get();
		let initial = T::InitialAuditPrice::get();
		assert!(
			(lowest..=highest).contains(&initial) && lowest > 0,
			"`InitialAuditPrice` has to be within `AuditPriceBounds`",
		);
		assert!(
			T::AuditPriceInterval::get() > 0u32.into(),
			"`AuditPriceInterval` has to be positive",
		);
		assert!(T::DutyEras::get() > 0, "`DutyEras` has to include the current era");
		assert!(validators > 0, "`MaxValidators` has to be positive");
		assert!(
			T::DeclarationInterval::get() > 0u32.into(),
			"`DeclarationInterval` has to be positive",
		);
	}
}
