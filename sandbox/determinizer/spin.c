bool placeholder;
