// What the English prompts say, by prompt id. `make.mjs` speaks them; the wording is ours, the ids are Kazoo's.

/** Text by prompt id. */
export const texts: Readonly<Record<string, string>> = {
  // menus
  'menu-no_prompt': 'This menu has no greeting yet. Please enter an option, or hang up and try again later.',
  'menu-invalid_entry': 'That is not a valid option.',
  'menu-exit': 'You have run out of tries.',
  'menu-return': 'Returning to the menu.',
  'menu-transferring_call': 'One moment, please. I am connecting your call.',
  'demo-welcome':
    'Welcome to Mirliton, the telephone cluster. To ring the first phone, press 1. For the second phone, press 2. For music, press 3. Or dial an extension.',

  // faults
  'fault-can_not_be_completed_as_dialed':
    'Your call can not be completed as dialed. Please check the number and try again.',
  'fault-can_not_be_completed_at_this_time':
    'Your call can not be completed at this time. Please try again later.',
  'fault-facility_trouble': 'We are having trouble with our lines. Please try again later.',
  'fault-emergency_no_address':
    'There is no emergency address for this phone. Please use another phone to call for help.',

  // what callflow says
  'cf-unauthorized_call': 'You are not allowed to make this call.',
  'cf-enter_number': 'Please enter the number.',
  'cf-move-no_channel': 'There is no other call to move.',
  'cf-move-too_many_channels': 'There are too many calls to choose from.',
  'cf-now_forwarded_to': 'Your calls are now forwarded to',
  'cf-disabled': 'Call forwarding is off.',
  'cf-enabled': 'Call forwarding is on.',
  'cf-not_available': 'Call forwarding is not available on this phone.',
  'ivr-group_confirm': 'You have a call. Press 1 to take it.',
  'ivr-one_moment_please': 'One moment, please.',
  'ivr-thank_you': 'Thank you.',
  'ivr-please_hold': 'Please hold.',
  'ivr-nobody_available': 'Nobody is available to take your call.',

  // restrictions and access
  'disa-enter_pin': 'Please enter your pin code, followed by pound.',
  'disa-invalid_pin': 'That pin code is not valid.',
  'disa-invalid_extension': 'That extension is not valid.',
  'disa-retries_exceeded': 'You have run out of tries. Goodbye.',
  'dnd-activated': 'Do not disturb is on.',
  'dnd-deactivated': 'Do not disturb is off.',
  'dnd-not_available': 'Do not disturb is not available on this phone.',
  'hotdesk-enter_id': 'Please enter your hot desk number, followed by pound.',
  'hotdesk-enter_pin': 'Please enter your hot desk pin code, followed by pound.',
  'hotdesk-invalid_entry': 'That is not a valid entry.',
  'hotdesk-logged_in': 'You are logged in.',
  'hotdesk-logged_out': 'You are logged out.',
  'hotdesk-disabled': 'Hot desking is not available here.',
  'hotdesk-abort': 'Goodbye.',

  // parking
  'park-call_placed_in_spot': 'Your call is parked in slot',
  'park-spot_in_use': 'That slot is taken.',
  'park-no_caller': 'There is no call in that slot.',
  'park-already_in_use': 'That slot is already in use.',

  // times of day
  'temporal-menu':
    'To turn this rule on, press 1. To turn it off, press 2. To let the clock decide, press 3.',
  'temporal-marked_enabled': 'The rule is on.',
  'temporal-marked_disabled': 'The rule is off.',
  'temporal-marker_reset': 'The clock decides again.',

  // conferences
  'conf-welcome': 'Welcome to the conference.',
  'conf-enter_conf_number': 'Please enter the conference number, followed by pound.',
  'conf-enter_conf_pin': 'Please enter the conference pin code, followed by pound.',
  'conf-bad_conf': 'That is not a valid conference number.',
  'conf-bad_pin': 'That pin code is not valid.',
  'conf-too_many_attempts': 'You have run out of tries. Goodbye.',
  'conf-joining_conference': 'You are joining the conference.',
  'conf-alone': 'You are the first in this conference.',
  'conf-muted': 'You are muted.',
  'conf-unmuted': 'You are no longer muted.',
  'conf-deaf': 'You no longer hear the others.',
  'conf-undeaf': 'You hear the others again.',
  'conf-max_participants': 'This conference is full.',

  // recording a greeting, and voicemail
  'vm-record_greeting': 'Record your greeting after the tone. When you are done, press any key.',
  'vm-review_recording':
    'To save the recording, press 1. To listen to it, press 2. To record it again, press 3.',
  'vm-recording_to_short': 'Your recording is too short.',
  'vm-saved': 'Saved.',
  'vm-deleted': 'Deleted.',
  'vm-goodbye': 'Goodbye.',
  'vm-enter_id': 'Please enter your mailbox number, followed by pound.',
  'vm-enter_pass': 'Please enter your pin code, followed by pound.',
  'vm-fail_auth': 'That mailbox number and pin code do not match.',
  'vm-abort': 'You have run out of tries. Goodbye.',
  'vm-not_available': 'is not available.',
  'vm-person': 'The person at extension',
  'vm-not_available_no_voicemail': 'The person you are calling is not available and has no voicemail.',
  'vm-record_message':
    'Please leave your message after the tone. Hang up when you are done, or press any key for more options.',
  'vm-mailbox_full': 'This mailbox is full.',
  'vm-no_messages': 'There are no messages.',
  'vm-you_have': 'You have',
  'vm-new_message': 'new message.',
  'vm-new_messages': 'new messages.',
  'vm-message_number': 'Message number',
  'vm-received': 'received',
  'vm-main_menu':
    'To hear your new messages, press 1. For saved messages, press 2. To change your settings, press 5. To leave, press pound.',
  'vm-message_menu': 'To keep this message, press 1. To hear it again, press 2. To delete it, press 7.',

  // queues
  'queue-you_are_at_position': 'You are at position',
  'queue-in_the_queue': 'in the queue.',
  'queue-the_estimated_wait_time_is': 'The estimated wait time is',
  'queue-increase_in_call_volume': 'We have more calls than usual.',
  'agent-logged_in': 'You are logged in.',
  'agent-logged_out': 'You are logged out.',
  'agent-already_logged_in': 'You are already logged in.',
  'agent-not_call_center_agent': 'You are not an agent of this call center.',
  'agent-invalid_choice': 'That is not possible now.',
  'agent-pause': 'You are paused.',
  'agent-resume': 'You are back.',
};
