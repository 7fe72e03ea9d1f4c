//! Which channel is which, for the weights of BS.1770-4.

use ebur128::Channel;
use symphonia::core::audio::{Channels, Position};

/// The role of each channel, in the order of a frame, and whether the file says so.
///
/// BS.1770-4, table 4: +1.5 dB for what stands at the sides (60 to 120 degrees), nothing for the
/// low-frequency channel, 0 dB for the rest. A pair that is called rear counts as the sides where
/// there is no other pair behind the front, as in 5.1.
pub(crate) fn roles(channels: &Channels) -> (Vec<Channel>, bool) {
    match channels {
        Channels::Positioned(positions) => {
            let sides = positions.intersects(Position::SIDE_LEFT | Position::SIDE_RIGHT);
            (positions.iter().map(|one| role(one, sides)).collect(), true)
        }
        other => (by_count(other.count()), other.count() <= 2),
    }
}

fn role(position: Position, has_sides: bool) -> Channel {
    match position {
        Position::FRONT_LEFT => Channel::Left,
        Position::FRONT_RIGHT => Channel::Right,
        Position::FRONT_CENTER => Channel::Center,
        Position::LFE1 | Position::LFE2 => Channel::Unused,
        Position::SIDE_LEFT => Channel::LeftSurround,
        Position::SIDE_RIGHT => Channel::RightSurround,
        Position::REAR_LEFT if !has_sides => Channel::LeftSurround,
        Position::REAR_RIGHT if !has_sides => Channel::RightSurround,
        Position::REAR_LEFT => Channel::Mp135,
        Position::REAR_RIGHT => Channel::Mm135,
        Position::FRONT_LEFT_WIDE => Channel::Mp060,
        Position::FRONT_RIGHT_WIDE => Channel::Mm060,
        Position::TOP_SIDE_LEFT => Channel::Up090,
        Position::TOP_SIDE_RIGHT => Channel::Um090,
        // All others have a weight of 0 dB, as the one straight behind has.
        _ => Channel::Mp180,
    }
}

/// WAV's usual order.
pub(crate) fn by_count(count: usize) -> Vec<Channel> {
    let (left, right, centre) = (Channel::Left, Channel::Right, Channel::Center);
    let (low, left_back, right_back) = (
        Channel::Unused,
        Channel::LeftSurround,
        Channel::RightSurround,
    );
    match count {
        1 => vec![centre],
        2 => vec![left, right],
        3 => vec![left, right, centre],
        4 => vec![left, right, left_back, right_back],
        5 => vec![left, right, centre, left_back, right_back],
        6 => vec![left, right, centre, low, left_back, right_back],
        _ => {
            let known = [left, right, centre, low, Channel::Mp135, Channel::Mm135];
            let more = [left_back, right_back]
                .into_iter()
                .chain(std::iter::repeat(Channel::Mp180));
            known.into_iter().chain(more).take(count).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_channel_counts_for_nothing_and_the_sides_for_more() {
        let five_one = Position::from_wave_channel_mask(0x3f).unwrap();
        let (roles, known) = roles(&Channels::Positioned(five_one));
        assert!(known);
        assert_eq!(
            roles,
            [
                Channel::Left,
                Channel::Right,
                Channel::Center,
                Channel::Unused,
                Channel::LeftSurround,
                Channel::RightSurround
            ]
        );
    }

    #[test]
    fn channels_without_names_are_assumed_and_said_to_be() {
        let (roles, known) = roles(&Channels::Discrete(8));
        assert_eq!((roles.len(), known), (8, false));
        assert_eq!(
            super::roles(&Channels::Discrete(1)),
            (vec![Channel::Center], true)
        );
    }
}
