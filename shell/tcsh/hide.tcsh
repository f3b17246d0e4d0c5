# Take the session out of the prompt, if it is as we made it.
if ($?_awsactivate_prompt) then
  if ("$prompt:q" == "$_awsactivate_prompt:q") set prompt = "$_awsactivate_prompt_before:q"
  unset _awsactivate_prompt _awsactivate_prompt_before
endif
