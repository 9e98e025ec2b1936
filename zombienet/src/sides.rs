// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Two networks in this machine, with a link between them that can be cut.
//!
//! Each is a network namespace of Linux. A pair of virtual interfaces joins the two, and each has another pair
//! by which the test reaches it, whatever became of the first.

use anyhow::{ensure, Context, Result};
use std::{
	fs,
	net::Ipv4Addr,
	os::unix::fs::MetadataExt,
	process::{self, Command},
};

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
	/// The one.
	One,
	/// The other.
	Other,
}

impl Side {
	const BOTH: [Self; 2] = [Self::One, Self::Other];

	fn number(self) -> u8 {
		match self {
			Self::One => 1,
			Self::Other => 2,
		}
	}

	/// Where nodes of this side are for those of the other.
	pub(crate) fn address(self) -> Ipv4Addr {
		// 198.18.0.0/15 is there for tests of networks and used nowhere (RFC 2544).
		Ipv4Addr::new(198, 18, 0, self.number())
	}

	/// Where nodes of this side are for the test.
	pub(crate) fn outside(self) -> Ipv4Addr {
		Ipv4Addr::new(198, 18, self.number(), 2)
	}
}

/// Two networks, which go with this value.
pub struct Sides {
	/// Keeps the names of two tests apart.
	mark: u32,
}

impl Sides {
	/// Why this machine cannot have them; nothing where it can.
	pub fn obstacle() -> Option<String> {
		let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
		if !is_root {
			return Some("only root may make network namespaces".into());
		}
		if ip("-Version").is_err() {
			return Some("there is no `ip`: install iproute2".into());
		}
		// A container may have neither the right nor a kernel that can.
		Self::make().err().map(|error| format!("{error:#}"))
	}

	/// Makes them.
	///
	/// # Errors
	///
	/// When this machine does not let us.
	pub fn make() -> Result<Self> {
		// From here on, what was made is removed again when the next step fails.
		let sides = Self { mark: process::id() };
		for side in Side::BOTH {
			ip(&format!("netns add {}", sides.name(side)))?;
		}
		let [one, other] = Side::BOTH.map(|side| (sides.link(side), sides.name(side)));
		ip(&format!(
			"link add {} netns {} type veth peer name {} netns {}",
			one.0, one.1, other.0, other.1
		))?;
		for side in Side::BOTH {
			let (name, link) = (sides.name(side), sides.link(side));
			let [near, far] = sides.way(side);
			let host = Ipv4Addr::new(198, 18, side.number(), 1);
			for step in [
				format!("-n {name} link set lo up"),
				format!("-n {name} address add {}/24 dev {link}", side.address()),
				format!("-n {name} link set {link} up"),
				format!("link add {near} type veth peer name {far} netns {name}"),
				format!("address add {host}/24 dev {near}"),
				format!("link set {near} up"),
				format!("-n {name} address add {}/24 dev {far}", side.outside()),
				format!("-n {name} link set {far} up"),
			] {
				ip(&step)?;
			}
		}
		// To enter one takes more than to make one.
		let entered = sides.command(Side::One, "true").status()?;
		ensure!(entered.success(), "no program can be started in a network namespace");
		Ok(sides)
	}

	/// Cuts the link: nothing gets from one side to the other any more, and no connection is closed.
	///
	/// # Errors
	///
	/// When this machine does not let us.
	pub fn cut(&self) -> Result<()> {
		self.set("down")
	}

	/// Joins the sides again.
	///
	/// # Errors
	///
	/// When this machine does not let us.
	pub fn join(&self) -> Result<()> {
		self.set("up")
	}

	fn set(&self, state: &str) -> Result<()> {
		let (name, link) = (self.name(Side::One), self.link(Side::One));
		ip(&format!("-n {name} link set {link} {state}"))
	}

	/// A command that runs on a side.
	pub(crate) fn command(&self, side: Side, program: &str) -> Command {
		let mut command = Command::new("ip");
		command.args(["netns", "exec", &self.name(side), program]);
		command
	}

	fn name(&self, side: Side) -> String {
		format!("ergon-{}-{}", self.mark, side.number())
	}

	/// The interface towards the other side.
	fn link(&self, side: Side) -> String {
		format!("ergl{}-{}", side.number(), self.mark)
	}

	/// The two interfaces between the test and a side.
	fn way(&self, side: Side) -> [String; 2] {
		["ergn", "ergf"].map(|end| format!("{end}{}-{}", side.number(), self.mark))
	}
}

impl Drop for Sides {
	fn drop(&mut self) {
		for side in Side::BOTH {
			let [near, _] = self.way(side);
			// What was not made is not removed. The namespace would take the interfaces with it, but at
			// leisure, and the next test may want them.
			let _ = ip(&format!("link delete {near}"));
			let _ = ip(&format!("netns delete {}", self.name(side)));
		}
	}
}

/// Runs `ip`.
fn ip(arguments: &str) -> Result<()> {
	let output = Command::new("ip").args(arguments.split_whitespace()).output().context("ip")?;
	let said = String::from_utf8_lossy(&output.stderr);
	ensure!(output.status.success(), "ip {arguments}: {}", said.trim());
	Ok(())
}
